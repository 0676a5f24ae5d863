package cmd

import (
	"context"
	"errors"
	"fmt"

	"github.com/segctl/segctl/internal/segment"
)

// maxSearch bounds the sources that are searched for a destination: each costs a request.
const maxSearch = 25

// existingDestination is destination for one that is there already: where the source is left open, it is the one source
// that has such a destination.
func (a *App) existingDestination(ctx context.Context, args []string, place placeFlags) (segment.Name, error) {
	name, err := a.destination(ctx, args, place)
	var open *ambiguousError
	if !errors.As(err, &open) || open.Kind != "source" || len(open.Candidates) == 0 || len(open.Candidates) > maxSearch {
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
	return segment.Name{}, &absentError{Slug: name.Destination, Sources: len(open.Candidates), Err: found.missing}
}

// absentError says that a destination is on none of several sources.
type absentError struct {
	Slug    string
	Sources int
	Err     error // the answer for one of them
}

func (e *absentError) Error() string {
	return fmt.Sprintf("none of %d sources has a destination %q", e.Sources, e.Slug)
}

func (e *absentError) Unwrap() error { return e.Err }

// searched is what a search for a destination came to.
type searched struct {
	having  []string // sources that have it
	allowed []string // sources that the token may look into
	missing error    // the answer of one that it is not in
}

func (a *App) search(ctx context.Context, sources []string, slug string) (searched, error) {
	var found searched
	api, err := a.client(ctx)
	if err != nil {
		return found, err
	}
	for _, source := range sources {
		name, err := segment.ParseName(source)
		if err != nil {
			return found, err
		}
		name.Destination = slug
		_, err = api.Destination(ctx, name)
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
