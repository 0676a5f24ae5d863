package cmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/serve/ledger"
)

func newServeTokenRemove(app *App) *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:     "remove NAME",
		Aliases: []string{"rm"},
		Short:   "Take a token of your backend back",
		Long:    "Remove takes a token back: whoever asks the service with it gets 401 from now on.",
		Example: "  segctl serve token remove backend --yes",
		Args:    oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			return app.withShared(c, func(ctx context.Context, _ *account.World, store *postgres.Store) error {
				if err := app.Confirm(ctx, yes, fmt.Sprintf("Take the token %s back?", args[0])); err != nil {
					return err
				}
				if err := ledger.New(store, app.Now).RemoveToken(ctx, args[0]); err != nil {
					return noSuchToken(err, args[0])
				}
				app.Say("✓ The token %s works no more.", args[0])
				return nil
			})
		},
	}
	addYesFlag(c.Flags(), &yes)
	return c
}
