package account

import (
	"context"
	"fmt"
	"strings"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// Imported is what an import came to.
type Imported struct {
	Install install.Install
	// Unknown is why it could not be found out which source the install is for; nil where it is known, or does not matter.
	Unknown error
}

// Import gets a token for an install by its name alone, and keeps it. sources names what the install is for, as slugs or
// full names; without any, segctl looks for it, for Segment's answer does not say. The current install stays the
// current one. A saved install of another server is not replaced: *install.OriginError.
func (w *World) Import(ctx context.Context, name string, sources []string) (Imported, error) {
	name, err := wire.ParseInstallName(name)
	if err != nil {
		return Imported{}, err
	}
	if err := checkSources(sources); err != nil {
		return Imported{}, err
	}
	app, err := w.Credentials(ctx)
	if err != nil {
		return Imported{}, err
	}
	saved, unclear, err := w.importToken(ctx, name, app, sources)
	if err != nil {
		return Imported{}, err
	}
	done := Imported{Install: saved, Unknown: unclear}
	if unclear == nil && len(saved.Sources) == 0 && saved.Scope.Destination() != "" {
		return w.importSource(ctx, done)
	}
	return done, nil
}

// importToken refreshes the install and saves what comes back. unclear is what is wrong with the sources that were
// named: the token is saved all the same, for the old one is dead.
func (w *World) importToken(ctx context.Context, name string, app Credentials, sources []string) (saved install.Install, unclear, err error) {
	granted := false
	err = w.Store.Update(ctx, name, func(old *install.Install) (*install.Install, error) {
		binding := w.binding(app.ID, "")
		if old != nil {
			if err := old.CheckServer(binding.Issuer, binding.Origin); err != nil {
				return nil, err
			}
		}
		g, err := w.client().RefreshInstall(ctx, name, app.ID, app.Secret)
		if err != nil {
			return nil, err
		}
		if g.InstallName == "" {
			g.InstallName = name
		}
		if g.InstallName != name {
			return nil, &wire.GrantError{Field: "install_name", Problem: "is not " + name}
		}
		if saved, err = install.New(g, binding, w.Time()); err != nil {
			return nil, err
		}
		w.learn(saved.Token)
		if old != nil {
			saved.Label = old.Label
			if len(saved.Sources) == 0 {
				saved.Sources = old.Sources
			}
		}
		if len(sources) > 0 {
			saved.Sources, unclear = fullSources(sources, saved.Workspaces)
		}
		granted = true
		return &saved, nil
	})
	if err != nil && granted {
		err = &UnsavedError{Install: name, Err: err}
	}
	return saved, unclear, err
}

// importSource finds the one source that an install with a destination scope is for, and saves it. Where Segment does
// not let it be found, the import stands all the same.
func (w *World) importSource(ctx context.Context, done Imported) (Imported, error) {
	opened, err := w.Quiet().OpenCard(done.Install.Card) // its token is new: a refusal is no reason to renew it
	if err != nil {
		return done, err
	}
	source, err := opened.OwnSource(ctx)
	switch {
	case ctx.Err() != nil:
		return done, ctx.Err()
	case segment.HasReason(err, segment.Unauthenticated): // of a token that is new: it may not look
		done.Unknown = &UnknownPlaceError{Kind: "source", Install: done.Install.Name, Err: err}
		return done, nil
	case err != nil:
		done.Unknown = err
		return done, nil //nolint:nilerr // the import stands, and Unknown says what is not known
	}
	err = w.Store.Update(ctx, done.Install.Name, func(old *install.Install) (*install.Install, error) {
		if old == nil {
			return nil, errGone
		}
		done.Install = *old
		done.Install.Sources = []string{source.String()}
		return &done.Install, nil
	})
	return done, err
}

// checkSources refuses what cannot be the name of a source, before the old token is killed.
func checkSources(sources []string) error {
	for _, source := range sources {
		if !strings.Contains(source, "/") {
			if err := wire.CheckID(source); err != nil {
				return err
			}
		} else if _, err := ParseSource(Place{Source: source}); err != nil {
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
			return nil, fmt.Errorf("source %q needs its full name: %w", source, err)
		}
		full[i] = segment.Name{Workspace: workspace.Workspace, Source: source}.String()
	}
	return full, nil
}
