package account

import (
	"context"
	"errors"
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
	if a.isNarrow() {
		return segment.Name{}, &UnknownPlaceError{Kind: "workspace", Install: a.card.Name}
	}
	workspaces, err := a.Workspaces(ctx)
	if segment.HasReason(err, segment.PermissionDenied) {
		return segment.Name{}, &UnknownPlaceError{Kind: "workspace", Install: a.card.Name, Err: err}
	}
	if err != nil {
		return segment.Name{}, err
	}
	names := make([]string, len(workspaces))
	for i, w := range workspaces {
		names[i] = w.Name
	}
	return only("workspace", names)
}

// Source returns the source of the place, else the install's, else the only one of the workspace. What stays open is an
// *AmbiguousError or an *UnknownPlaceError. An install with a destination scope may not look for its source: it is not
// tried, for Segment may say 401, and a token would be renewed in vain.
func (a *Account) Source(ctx context.Context, p Place) (segment.Name, error) {
	if strings.Contains(p.Source, "/") {
		return ParseSource(p)
	}
	if p.Source == "" {
		if inPlace := a.sourcesIn(p); len(inPlace) > 0 {
			return a.onlySource(inPlace)
		}
	}
	workspace, err := a.Workspace(ctx, p)
	if unknown, ok := errors.AsType[*UnknownPlaceError](err); ok && p.Source == "" {
		// Whoever may not list workspaces may not list sources either: only a source that is named in full helps.
		unknown.Kind = "source"
		return segment.Name{}, unknown
	}
	switch {
	case err != nil:
		return segment.Name{}, err
	case p.Source != "":
		workspace.Source = p.Source
		return workspace, wire.CheckID(p.Source)
	case a.isNarrow():
		return segment.Name{}, &UnknownPlaceError{Kind: "source", Install: a.card.Name, Workspace: workspace.String()}
	}
	return a.onlySourceOf(ctx, workspace)
}

// isNarrow reports whether the account is a saved install with a destination scope.
func (a *Account) isNarrow() bool { return a.card.Scope.Destination() != "" }

// onlySourceOf asks Segment for the only source of a workspace.
func (a *Account) onlySourceOf(ctx context.Context, workspace segment.Name) (segment.Name, error) {
	sources, err := a.Sources(ctx, workspace)
	if segment.HasReason(err, segment.PermissionDenied) {
		return segment.Name{}, &UnknownPlaceError{Kind: "source", Install: a.card.Name, Workspace: workspace.String(), Err: err}
	}
	if err != nil {
		return segment.Name{}, err
	}
	names := make([]string, len(sources))
	for i, s := range sources {
		names[i] = s.Name
	}
	return only("source", names)
}

// onlySource returns the one source of an install, or an *AmbiguousError about what the install can do with them.
func (a *Account) onlySource(sources []string) (segment.Name, error) {
	source, err := only("source", sources)
	if open, ok := errors.AsType[*AmbiguousError](err); ok {
		open.Narrow = a.isNarrow()
	}
	return source, err
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
	return segment.Name{}, &AmbiguousError{Kind: kind, Candidates: slices.Sorted(slices.Values(candidates))}
}

// PlaceError says that names which were given do not go together, or are of another kind than the one that is wanted.
type PlaceError struct{ Text, Problem, Kind string }

func (e *PlaceError) Error() string { return fmt.Sprintf("%q %s", e.Text, e.Problem) }

// AmbiguousError says that a command could mean several things, or none.
type AmbiguousError struct {
	Kind       string   // "source" or "workspace"; also the flag that chooses
	Candidates []string // full names, sorted
	Narrow     bool     // the token may read none of them, only a destination there
}

func (e *AmbiguousError) Error() string {
	if len(e.Candidates) == 0 {
		return fmt.Sprintf("which %s? This token sees none", e.Kind)
	}
	return fmt.Sprintf("which %s? There are %d", e.Kind, len(e.Candidates))
}

// UnknownPlaceError says that nothing tells which workspace or source an install is for, and that its token may not
// look.
type UnknownPlaceError struct {
	Kind      string // "source" or "workspace"; also the flag that names it
	Install   string // "" for a token that was given
	Workspace string // full name of the one that the source is in; "" where it is not known
	Err       error  // what Segment answered; nil where it was not asked
}

func (e *UnknownPlaceError) Error() string {
	return fmt.Sprintf("which %s? It is not known, and this token may not list %ss", e.Kind, e.Kind)
}
