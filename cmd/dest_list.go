package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/output"
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
			return app.With(c, place, func(ctx context.Context, acc *account.Account) error {
				source, err := acc.Source(ctx, place.place())
				if err != nil {
					return err
				}
				all, notes, err := destination.List(ctx, acc, source)
				app.sayNotes(notes)
				if err != nil {
					return err
				}
				if len(all) == 0 {
					app.Say("No destination is there on %s.", source)
				}
				return app.Print(ctx, app.shownAll(all), func() output.Table { return destTable(all) })
			})
		},
	}
	place.add(c.Flags())
	return c
}
