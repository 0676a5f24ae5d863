package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/output"
)

func newDestGet(app *App) *cobra.Command {
	var place placeFlags
	c := &cobra.Command{
		Use:     "get [DEST]",
		Short:   "Show one destination",
		Long:    "Get shows a destination. Tables mask the settings that are secret; JSON and YAML have them whole.",
		Example: "  segctl dest get\n  segctl dest get clearbrain --source js -o json\n  segctl dest get --jq .enabled",
		Args:    atMostOneArg,
		RunE: func(c *cobra.Command, args []string) error {
			arg, err := destArg(args)
			if err != nil {
				return err
			}
			return app.With(c, place, func(ctx context.Context, acc *account.Account) error {
				name, err := acc.ExistingDestination(ctx, arg, place.place())
				if err != nil {
					return err
				}
				d, err := destination.Get(ctx, acc, name)
				if err != nil {
					return err
				}
				return app.Print(ctx, d, func() output.Table { return destDetails(app.shown(d, destination.Mask(d))) })
			})
		},
	}
	place.add(c.Flags())
	return c
}
