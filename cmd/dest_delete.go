package cmd

import (
	"fmt"

	"github.com/spf13/cobra"
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
			ctx := c.Context()
			name, err := app.destination(ctx, args, place)
			if err != nil {
				return err
			}
			if err := app.confirm(ctx, yes, fmt.Sprintf("Delete %s?", name)); err != nil {
				return err
			}
			api, err := app.client(ctx)
			if err != nil {
				return err
			}
			if err := api.DeleteDestination(ctx, name); err != nil {
				return fmt.Errorf("delete destination %q: %w", name, err)
			}
			app.say("%s is deleted.", name)
			return nil
		},
	}
	place.add(c.Flags())
	addYesFlag(c.Flags(), &yes)
	return c
}
