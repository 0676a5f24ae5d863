package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/serve/ledger"
)

func newServeTokenCreate(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "create NAME",
		Short: "Make a token that your backend asks the service with",
		Long: `Create makes a token for the service's API, and prints it: once, for only its hash is kept. Your backend sends it
as "Authorization: Bearer …". Give each backend one of its own, so that one can be removed without the others.`,
		Example: "  segctl serve token create backend >backend-token.txt\n  segctl serve token create ci -o json --jq .token",
		Args:    oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			return app.withShared(c, func(ctx context.Context, _ *account.World, store *postgres.Store) error {
				token, err := ledger.New(store, app.Now).NewToken(ctx, args[0])
				if err != nil {
					return err
				}
				made := tokenName{Name: args[0], Token: token}
				if err := app.printWord(ctx, token, made, func() output.Table { return newTokenTable(made) }); err != nil {
					return err
				}
				app.Say("The token of %s is shown this once: only its hash is kept. What takes it back:", args[0])
				app.Say("  %s", app.hint("", "serve", "token", "remove", args[0]))
				return nil
			})
		},
	}
}

func newTokenTable(t tokenName) output.Table {
	return output.Table{Header: []string{"name", "token"}, Rows: [][]string{{t.Name, t.Token}}}
}
