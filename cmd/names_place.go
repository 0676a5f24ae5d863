package cmd

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/segctl/segctl/internal/segment"
)

// source returns the source that the flags name, else the install's, else the only one of the workspace.
func (a *App) source(ctx context.Context, place placeFlags) (segment.Name, error) {
	if strings.Contains(place.source, "/") {
		return parseSource(place)
	}
	i, _, err := a.currentInstall(ctx)
	if err != nil {
		return segment.Name{}, err
	}
	if place.source == "" {
		var inPlace []string
		for _, name := range i.Sources {
			if n, err := segment.ParseName(name); err == nil && place.check(n) == nil {
				inPlace = append(inPlace, name)
			}
		}
		if len(inPlace) > 0 {
			return only("source", inPlace)
		}
	}
	workspace, err := a.workspace(ctx, place)
	if err != nil {
		return segment.Name{}, err
	}
	if place.source != "" {
		workspace.Source = place.source
		return workspace, segment.CheckID(place.source)
	}
	names, err := a.sourceNames(ctx, workspace)
	if segment.HasReason(err, segment.PermissionDenied) {
		usage := usagef("which source? It is not known, and this token may not list sources").hint("--source NAME")
		if i.Name != "" {
			usage = usage.hint("segctl installs import " + i.Name + " --source NAME   # remembers it")
		}
		return segment.Name{}, usage
	}
	if err != nil {
		return segment.Name{}, err
	}
	return only("source", names)
}

func parseSource(place placeFlags) (segment.Name, error) {
	name, err := segment.ParseName(place.source)
	if err != nil {
		return segment.Name{}, err
	}
	if name.Source == "" || name.Destination != "" {
		return segment.Name{}, usagef("%q is not the name of a source", place.source).hint("--source workspaces/<slug>/sources/<slug>")
	}
	return name, placeFlags{workspace: place.workspace}.check(name)
}

// workspace returns the workspace of the flags, else of the install, else the only one that the token sees.
func (a *App) workspace(ctx context.Context, place placeFlags) (segment.Name, error) {
	if id := strings.TrimPrefix(place.workspace, "workspaces/"); id != "" {
		return segment.Name{Workspace: id}, segment.CheckID(id)
	}
	i, _, err := a.currentInstall(ctx)
	if err != nil {
		return segment.Name{}, err
	}
	if len(i.Workspaces) > 0 {
		return only("workspace", i.Workspaces)
	}
	c, err := a.client(ctx)
	if err != nil {
		return segment.Name{}, err
	}
	workspaces, err := collect(c.Workspaces(ctx))
	if segment.HasReason(err, segment.PermissionDenied) {
		return segment.Name{}, usagef("which workspace? It is not known, and this token may not list workspaces").hint("--workspace NAME")
	}
	if err != nil {
		return segment.Name{}, fmt.Errorf("list workspaces: %w", err)
	}
	names := make([]string, len(workspaces))
	for i, w := range workspaces {
		names[i] = w.Name
	}
	return only("workspace", names)
}

func (a *App) sourceNames(ctx context.Context, workspace segment.Name) ([]string, error) {
	c, err := a.client(ctx)
	if err != nil {
		return nil, err
	}
	sources, err := collect(c.Sources(ctx, workspace))
	if err != nil {
		return nil, fmt.Errorf("list sources of %q: %w", workspace, err)
	}
	names := make([]string, len(sources))
	for i, s := range sources {
		names[i] = s.Name
	}
	return names, nil
}

// only returns the one candidate there is, or an error that lists them. kind is also the name of the flag that chooses.
func only(kind string, candidates []string) (segment.Name, error) {
	if len(candidates) == 1 {
		return segment.ParseName(candidates[0])
	}
	return segment.Name{}, &ambiguousError{kind, slices.Sorted(slices.Values(candidates))}
}

// ambiguousError says that a command could mean several things, or none.
type ambiguousError struct {
	Kind       string // "source" or "workspace"; also the flag that chooses
	Candidates []string
}

func (e *ambiguousError) Error() string {
	if len(e.Candidates) == 0 {
		return fmt.Sprintf("which %s? This token sees none", e.Kind)
	}
	return fmt.Sprintf("which %s? There are %d", e.Kind, len(e.Candidates))
}

// maxHints is how many candidates help; more would scroll the error away.
const maxHints = 10

func (v *verdict) ambiguous(e *ambiguousError) {
	v.Code = exitUsage
	for _, candidate := range e.Candidates[:min(len(e.Candidates), maxHints)] {
		v.hint("--%s %s", e.Kind, candidate)
	}
	if len(e.Candidates) == 0 {
		v.hint("--%s NAME", e.Kind)
	}
	if len(e.Candidates) > maxHints {
		v.hint("segctl %s list   # all of them", e.Kind)
	}
}
