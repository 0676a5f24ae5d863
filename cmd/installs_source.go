package cmd

import (
	"context"
	"errors"
	"strings"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/segment"
)

// checkSources refuses what cannot be the name of a source, before the old token is killed.
func checkSources(sources []string) error {
	for _, source := range sources {
		if !strings.Contains(source, "/") {
			if err := segment.CheckID(source); err != nil {
				return err
			}
		} else if _, err := parseSource(placeFlags{source: source}); err != nil {
			return err
		}
	}
	return nil
}

// fullSources completes slugs with the one workspace of the install.
func fullSources(sources, workspaces []string) ([]string, error) {
	full := make([]string, len(sources))
	for i, source := range sources {
		if full[i] = source; strings.Contains(source, "/") {
			continue
		}
		workspace, err := only("workspace", workspaces)
		if err != nil {
			return nil, usagef("source %q needs its full name: the install has %d workspaces", source, len(workspaces)).
				hint("--source workspaces/<slug>/sources/" + source)
		}
		workspace.Source = source
		full[i] = workspace.String()
	}
	return full, nil
}

// importSource finds the one source that an install with a destination scope is for, and saves it. Where Segment does
// not let it be found, the import stands all the same.
func (a *App) importSource(ctx context.Context, store install.Store, i install.Install) (install.Install, error) {
	source, err := a.ownSource(ctx, scopeSlug(i.Scope))
	if ctx.Err() != nil {
		return i, ctx.Err()
	}
	if err != nil {
		a.say("note: the source that %s is for could not be found out: %s", i.Name, oneLine(err))
		a.say("hint: segctl installs import %s --source NAME   # remembers it", i.Name)
		return i, nil
	}
	err = store.Update(ctx, i.Name, func(old *install.Install) (*install.Install, error) {
		if old != nil {
			i = *old
			i.Sources = []string{source.String()}
		}
		return &i, nil
	})
	return i, err
}

// ownSource returns the one source of the workspace that the token may look into for its destination.
func (a *App) ownSource(ctx context.Context, slug string) (segment.Name, error) {
	source, err := a.source(ctx, placeFlags{})
	var open *ambiguousError
	if !errors.As(err, &open) || open.Kind != "source" || len(open.Candidates) > maxSearch {
		return source, err
	}
	found, err := a.search(ctx, open.Candidates, slug)
	if err != nil {
		return segment.Name{}, err
	}
	return only("source", found.allowed)
}
