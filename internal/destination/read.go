package destination

import (
	"context"
	"errors"
	"fmt"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/segment"
)

// Get returns one destination, with its secrets.
func Get(ctx context.Context, acc *account.Account, name segment.Name) (*segment.Destination, error) {
	d, err := acc.API().Destination(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("get destination %q: %w", name, err)
	}
	return d, nil
}

// List returns the destinations of a source, with their secrets. An install with a destination scope may not list; it
// sees its one destination, and a note says so.
func List(ctx context.Context, acc *account.Account, source segment.Name) (all []*segment.Destination, notes []string, err error) {
	// Nothing is asked for that is known to be refused: Segment may say 401, and a token would be refreshed in vain.
	if slug := acc.Card().Scope.Destination(); slug != "" {
		return only(ctx, acc, source, slug)
	}
	all, err = segment.Collect(acc.API().Destinations(ctx, source))
	if slug := acc.Scope().Destination(); slug != "" && segment.HasReason(err, segment.PermissionDenied) {
		return only(ctx, acc, source, slug)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("list destinations of %q: %w", source, err)
	}
	return all, nil, nil
}

// only lists the one destination that a scope names.
func only(ctx context.Context, acc *account.Account, source segment.Name, slug string) ([]*segment.Destination, []string, error) {
	notes := []string{fmt.Sprintf("with the scope destination/%s Segment does not let an install list destinations, only see that one", slug)}
	name := source
	name.Destination = slug
	d, err := acc.API().Destination(ctx, name)
	switch {
	case segment.HasReason(err, segment.NotFound):
		return []*segment.Destination{}, notes, nil
	case err != nil:
		return nil, notes, fmt.Errorf("list destinations of %q: %w", source, err)
	}
	return []*segment.Destination{d}, notes, nil
}

// Delete deletes a destination. It is read before, to call it by its name in the result.
func Delete(ctx context.Context, acc *account.Account, name segment.Name) (Result, error) {
	d, err := acc.API().Destination(ctx, name)
	var garbled *segment.AnswerError
	// What cannot be shown can be deleted all the same.
	if err == nil || errors.As(err, &garbled) {
		err = acc.API().DeleteDestination(ctx, name)
	}
	if err != nil {
		return Result{}, fmt.Errorf("delete destination %q: %w", name, err)
	}
	return Result{Name: name, Action: Deleted, Destination: d}, nil
}
