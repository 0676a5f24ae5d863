package cmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
)

func newSourceDelete(app *App) *cobra.Command {
	var place placeFlags
	var yes bool
	c := &cobra.Command{
		Use:     "delete SOURCE",
		Aliases: []string{"rm"},
		Short:   "Delete a source with all its destinations",
		Example: "  segctl source delete js\n  segctl source delete workspaces/acme/sources/js --yes",
		Args:    oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			wanted, err := sourceArg(args, place)
			if err != nil {
				return err
			}
			return app.With(c, place, func(ctx context.Context, acc *account.Account) error {
				name, err := acc.SourceItself(ctx, wanted)
				if err != nil {
					return err
				}
				if err := app.Confirm(ctx, yes, fmt.Sprintf("Delete %s with all its destinations?", name)); err != nil {
					return err
				}
				if err := acc.API().DeleteSource(ctx, name); err != nil {
					return fmt.Errorf("delete source %q: %w", name, err)
				}
				app.Say("✓ %s is deleted.", name)
				return app.PrintDone(ctx, name.String(), "deleted")
			})
		},
	}
	place.addWorkspace(c.Flags())
	addYesFlag(c.Flags(), &yes)
	return c
}
