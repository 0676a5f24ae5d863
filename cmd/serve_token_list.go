package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/serve/ledger"
)

func newServeTokenList(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the tokens of your backend, by name",
		Long:    "List shows the names of the tokens, when each was made, and when it was used last. The tokens themselves are not kept.",
		Example: "  segctl serve token list\n  segctl serve token list -o json --jq '.[].name'",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return app.withShared(c, func(ctx context.Context, _ *account.World, store *postgres.Store) error {
				all, err := ledger.New(store, app.Now).Tokens(ctx)
				if err != nil {
					return err
				}
				if len(all) == 0 {
					app.Say("There is no token yet: segctl serve token create makes one.")
				}
				views := make([]tokenName, len(all))
				for i, t := range all {
					views[i] = tokenName{Name: t.Name, CreatedAt: known(t.CreatedAt), UsedAt: known(t.UsedAt)}
				}
				return app.Print(ctx, views, func() output.Table { return tokenNameTable(all) })
			})
		},
	}
}
