package account

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// Place says which workspace and source are meant, where an install leaves it open: slugs or full names, "" for what is
// left open.
type Place struct{ Workspace, Source string }

// check refuses a place that contradicts a full name: one of the two must be a mistake.
func (p Place) check(n segment.Name) error {
	source := segment.Name{Workspace: n.Workspace, Source: n.Source}
	switch {
	case p.Workspace != "" && strings.TrimPrefix(p.Workspace, "workspaces/") != n.Workspace:
		return &PlaceError{Text: n.String(), Problem: fmt.Sprintf("is not in the workspace %q", p.Workspace), Kind: "workspace"}
	case p.Source != "" && p.Source != n.Source && p.Source != source.String():
		return &PlaceError{Text: n.String(), Problem: fmt.Sprintf("is not in the source %q", p.Source), Kind: "source"}
	}
	return nil
}

// Workspace returns the workspace of the place, else of the install, else the only one that the token sees. What stays
// open is an *AmbiguousError or an *UnknownPlaceError.
func (a *Account) Workspace(ctx context.Context, p Place) (segment.Name, error) {
	if id := strings.TrimPrefix(p.Workspace, "workspaces/"); id != "" {
		return segment.Name{Workspace: id}, wire.CheckID(id)
	}
	if len(a.card.Workspaces) > 0 {
		return only("workspace", a.card.Workspaces)
	}
	workspaces, err := segment.Collect(a.api.Workspaces(ctx))
	if segment.HasReason(err, segment.PermissionDenied) {
		return segment.Name{}, &UnknownPlaceError{Kind: "workspace", Install: a.card.Name}
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

// Source returns the source of the place, else the install's, else the only one of the workspace. What stays open is an
// *AmbiguousError or an *UnknownPlaceError.
func (a *Account) Source(ctx context.Context, p Place) (segment.Name, error) {
	if strings.Contains(p.Source, "/") {
		return ParseSource(p)
	}
	if p.Source == "" {
		if inPlace := a.sourcesIn(p); len(inPlace) > 0 {
			return only("source", inPlace)
		}
	}
	workspace, err := a.Workspace(ctx, p)
	if err != nil {
		return segment.Name{}, err
	}
	if p.Source != "" {
		workspace.Source = p.Source
		return workspace, wire.CheckID(p.Source)
	}
	sources, err := segment.Collect(a.api.Sources(ctx, workspace))
	if segment.HasReason(err, segment.PermissionDenied) {
		return segment.Name{}, &UnknownPlaceError{Kind: "source", Install: a.card.Name}
	}
	if err != nil {
		return segment.Name{}, fmt.Errorf("list sources of %q: %w", workspace, err)
	}
	names := make([]string, len(sources))
	for i, s := range sources {
		names[i] = s.Name
	}
	return only("source", names)
}

// sourcesIn returns the sources of the install that are in a place.
func (a *Account) sourcesIn(p Place) []string {
	var found []string
	for _, name := range a.card.Sources {
		if n, err := segment.ParseName(name); err == nil && p.check(n) == nil {
			found = append(found, name)
		}
	}
	return found
}

// ParseSource returns the source that the full name in p.Source is. The error is a *segment.NameError or a *PlaceError.
func ParseSource(p Place) (segment.Name, error) {
	name, err := segment.ParseName(p.Source)
	if err != nil {
		return segment.Name{}, err
	}
	if name.Source == "" || name.Destination != "" {
		return segment.Name{}, &PlaceError{Text: p.Source, Problem: "is not the name of a source", Kind: "source"}
	}
	return name, Place{Workspace: p.Workspace}.check(name)
}

// only returns the one candidate there is, or an *AmbiguousError that lists them. kind is also the flag that chooses.
func only(kind string, candidates []string) (segment.Name, error) {
	if len(candidates) == 1 {
		return segment.ParseName(candidates[0])
	}
	return segment.Name{}, &AmbiguousError{kind, slices.Sorted(slices.Values(candidates))}
}

// PlaceError says that names which were given do not go together, or are of another kind than the one that is wanted.
type PlaceError struct{ Text, Problem, Kind string }

func (e *PlaceError) Error() string { return fmt.Sprintf("%q %s", e.Text, e.Problem) }

// AmbiguousError says that a command could mean several things, or none.
type AmbiguousError struct {
	Kind       string   // "source" or "workspace"; also the flag that chooses
	Candidates []string // full names, sorted
}

func (e *AmbiguousError) Error() string {
	if len(e.Candidates) == 0 {
		return fmt.Sprintf("which %s? This token sees none", e.Kind)
	}
	return fmt.Sprintf("which %s? There are %d", e.Kind, len(e.Candidates))
}

// UnknownPlaceError says that nothing tells which workspace or source an install is for, and that its token may not
// look.
type UnknownPlaceError struct{ Kind, Install string }

func (e *UnknownPlaceError) Error() string {
	return fmt.Sprintf("which %s? It is not known, and this token may not list %ss", e.Kind, e.Kind)
}
