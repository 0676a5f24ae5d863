package cmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
)

func newDestGet(app *App) *cobra.Command {
	var place placeFlags
	c := &cobra.Command{
		Use:     "get [DEST]",
		Short:   "Show one destination",
		Example: "  segctl dest get\n  segctl dest get clearbrain --source js -o json\n  segctl dest get --jq .enabled",
		Args:    atMostOneArg,
		RunE: func(c *cobra.Command, args []string) error {
			ctx := c.Context()
			name, err := app.existingDestination(ctx, args, place)
			if err != nil {
				return err
			}
			api, err := app.client(ctx)
			if err != nil {
				return err
			}
			d, err := api.Destination(ctx, name)
			if err != nil {
				return fmt.Errorf("get destination %q: %w", name, err)
			}
			return app.print(ctx, d, func() output.Table { return app.destDetails(d) })
		},
	}
	place.add(c.Flags())
	return c
}
