package account

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// Destination returns the full name of the destination that arg means: a full name, a slug, or "" for the one that the
// scope names. What arg and place leave out comes from the install, then from Segment. With an error about the source,
// the slug is returned all the same.
func (a *Account) Destination(ctx context.Context, arg string, p Place) (segment.Name, error) {
	if strings.Contains(arg, "/") {
		name, err := segment.ParseName(arg)
		if err != nil {
			return segment.Name{}, err
		}
		if name.Destination == "" {
			return segment.Name{}, &PlaceError{Text: arg, Problem: "is not the name of a destination", Kind: "destination"}
		}
		return name, p.check(name)
	}
	if arg == "" {
		if arg = a.Scope().Destination(); arg == "" {
			return segment.Name{}, &NoDestinationError{Scope: a.Scope()}
		}
	}
	if err := wire.CheckID(arg); err != nil {
		return segment.Name{}, err
	}
	source, err := a.Source(ctx, p)
	source.Destination = arg
	return source, err
}

// maxSearch bounds the sources that are searched for a destination: each costs a request.
const maxSearch = 25

// ExistingDestination is Destination for one that is there already: where the source is left open, it is the one source
// that has such a destination. Where none has it, the error is an *AbsentError.
func (a *Account) ExistingDestination(ctx context.Context, arg string, p Place) (segment.Name, error) {
	name, err := a.Destination(ctx, arg, p)
	open, ok := searchable(err)
	if !ok {
		return name, err
	}
	found, err := a.search(ctx, open.Candidates, name.Destination)
	switch {
	case err != nil:
		return segment.Name{}, fmt.Errorf("look for destination %q: %w", name.Destination, err)
	case len(found.having) > 0:
		source, err := only("source", found.having)
		source.Destination = name.Destination
		return source, err
	case found.missing == nil:
		return segment.Name{}, open // the token may look into none of them
	}
	return segment.Name{}, &AbsentError{Slug: name.Destination, Sources: len(open.Candidates), Err: found.missing}
}

// OwnSource returns the one source that an install with a destination scope is for, as far as its token can tell. Segment is
// asked, though it may well refuse.
func (a *Account) OwnSource(ctx context.Context) (segment.Name, error) {
	workspace, err := a.Workspace(ctx, Place{})
	if err != nil {
		return segment.Name{}, err
	}
	source, err := a.onlySourceOf(ctx, workspace)
	open, ok := searchable(err)
	if !ok {
		return source, err
	}
	found, err := a.search(ctx, open.Candidates, a.Scope().Destination())
	if err != nil {
		return segment.Name{}, err
	}
	return only("source", found.allowed)
}

// searchable returns the candidates that an error leaves open, where they are sources, and few enough to look into each.
func searchable(err error) (*AmbiguousError, bool) {
	var open *AmbiguousError
	ok := errors.As(err, &open) && open.Kind == "source" && len(open.Candidates) > 0 && len(open.Candidates) <= maxSearch
	return open, ok
}

// searched is what a search for a destination came to.
type searched struct {
	having  []string // sources that have it
	allowed []string // sources that the token may look into
	missing error    // the answer of one that it is not in
}

func (a *Account) search(ctx context.Context, sources []string, slug string) (searched, error) {
	var found searched
	for _, source := range sources {
		name, err := segment.ParseName(source)
		if err != nil {
			return found, err
		}
		name.Destination = slug
		_, err = a.api.Destination(ctx, name)
		switch {
		case err == nil:
			found.having = append(found.having, source)
		case segment.HasReason(err, segment.NotFound):
			found.missing = err
		case segment.HasReason(err, segment.PermissionDenied):
			continue
		default:
			return found, err
		}
		found.allowed = append(found.allowed, source)
	}
	return found, nil
}

// NoDestinationError says that no destination is named, by an argument or by the scope.
type NoDestinationError struct{ Scope wire.Scope }

func (e *NoDestinationError) Error() string { return "which destination? The scope names none" }

// AbsentError says that a destination is on none of several sources.
type AbsentError struct {
	Slug    string
	Sources int
	Err     error // the answer for one of them
}

func (e *AbsentError) Error() string {
	return fmt.Sprintf("none of %d sources has a destination %q", e.Sources, e.Slug)
}

// Unwrap returns the answer for one of the sources.
func (e *AbsentError) Unwrap() error { return e.Err }
