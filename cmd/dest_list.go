package cmd

import (
	"context"
	"fmt"
	"iter"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/segment"
)

func newDestList(app *App) *cobra.Command {
	var place placeFlags
	c := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the destinations of a source",
		Long: `List shows all destinations of a source. With a destination scope, where Segment forbids listing, it
shows the one destination that the install can see.`,
		Example: "  segctl dest list --source js\n  segctl dest list -o json --jq '.[] | select(.enabled) | .name'",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			source, err := app.source(ctx, place)
			if err != nil {
				return err
			}
			all, err := app.listDestinations(ctx, source)
			if err != nil {
				return fmt.Errorf("list destinations of %q: %w", source, err)
			}
			if len(all) == 0 {
				app.say("No destination is there on %s.", source)
			}
			return app.print(ctx, all, func() output.Table { return destTable(all) })
		},
	}
	place.add(c.Flags())
	return c
}

// listDestinations lists a source. An install with a destination scope may not: it sees its one destination.
func (a *App) listDestinations(ctx context.Context, source segment.Name) ([]*segment.Destination, error) {
	i, _, err := a.currentInstall(ctx)
	if err != nil {
		return nil, err
	}
	api, err := a.client(ctx)
	if err != nil {
		return nil, err
	}
	// Nothing is asked for that is known to be refused: Segment may say 401, and a token would be refreshed in vain.
	if slug := scopeSlug(i.Scope); slug != "" {
		return a.onlyDestination(ctx, api, source, slug)
	}
	all, err := collect(api.Destinations(ctx, source))
	if segment.HasReason(err, segment.PermissionDenied) {
		if slug, unknown := a.scopedSlug(ctx); unknown == nil {
			return a.onlyDestination(ctx, api, source, slug)
		}
	}
	return all, err
}

func (a *App) onlyDestination(ctx context.Context, api *segment.Client, source segment.Name, slug string) ([]*segment.Destination, error) {
	a.say("note: with the scope destination/%s Segment does not let an install list destinations, only see that one", slug)
	source.Destination = slug
	d, err := api.Destination(ctx, source)
	if segment.HasReason(err, segment.NotFound) {
		return []*segment.Destination{}, nil
	}
	return []*segment.Destination{d}, err
}

func destTable(all []*segment.Destination) output.Table {
	t := output.Table{Header: []string{"destination", "state", "mode", "name"}, Tint: output.State}
	for _, d := range all {
		t.Rows = append(t.Rows, []string{slugOf(d.Name), onOff(d.Enabled), d.ConnectionMode, d.Name})
	}
	return t
}

// collect reads a listing to its end. An empty one is an empty list, not null.
func collect[T any](listing iter.Seq2[T, error]) ([]T, error) {
	all := []T{}
	for item, err := range listing {
		if err != nil {
			return nil, err
		}
		all = append(all, item)
	}
	return all, nil
}
