package cmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination"
)

func newDestDelete(app *App) *cobra.Command {
	var place placeFlags
	var yes bool
	c := &cobra.Command{
		Use:     "delete [DEST]",
		Aliases: []string{"rm"},
		Short:   "Delete a destination with its settings",
		Example: "  segctl dest delete clearbrain\n  segctl dest delete clearbrain --source js --yes",
		Args:    atMostOneArg,
		RunE: func(c *cobra.Command, args []string) error {
			arg, err := destArg(args)
			if err != nil {
				return err
			}
			return app.With(c, place, func(ctx context.Context, acc *account.Account) error {
				name, err := acc.Destination(ctx, arg, place.place())
				if err != nil {
					return err
				}
				if err := app.Confirm(ctx, yes, fmt.Sprintf("Delete %s?", name)); err != nil {
					return err
				}
				done, err := destination.Delete(ctx, acc, name)
				if err != nil {
					return err
				}
				app.sayResult(done)
				return app.PrintDone(ctx, name.String(), "deleted")
			})
		},
	}
	place.add(c.Flags())
	addYesFlag(c.Flags(), &yes)
	return c
}
