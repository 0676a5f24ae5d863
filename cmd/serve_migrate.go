package cmd

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/serve"
)

// migration is what a migration did, as -o json prints it.
type migration struct {
	Applied []string `json:"applied"`
}

func newServeMigrate(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Make the tables of the shared store, or bring them up to date",
		Long: `Migrate makes what is missing in the database that SEGCTL_DATABASE_URL names: the tables of the installs, of the
hosted flow and of its jobs. It only goes forward, and may run twice at once: the second waits, and has nothing to do.

Run it before the first start, and after an upgrade before the new version starts. An older segctl refuses tables that are
newer than it knows, with exit code 9.`,
		Example: "  segctl serve migrate\n  segctl serve migrate -o json --jq '.applied | length'",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return app.withShared(c, func(ctx context.Context, _ *account.World, store *postgres.Store) error {
				applied, err := serve.Migrate(ctx, store)
				for _, step := range applied {
					app.Say("✓ %s", step)
				}
				if err != nil {
					return err
				}
				if len(applied) == 0 {
					app.Say("The tables are up to date: nothing was to be done.")
				}
				result := migration{append([]string{}, applied...)}
				return app.PrintIfAsked(ctx, result, func() output.Table { return migrationTable(result) })
			})
		},
	}
}

func migrationTable(m migration) output.Table {
	t := output.Table{Header: []string{"applied"}}
	for _, step := range m.Applied {
		t.Rows = append(t.Rows, []string{strings.TrimSpace(step)})
	}
	return t
}
