package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/segment"
)

func newWorkspaceList(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the workspaces that the token can see",
		Long: `List shows the workspaces that the token can see: for an install's token, the one it is installed on.
An install with a destination scope may not list them; "segctl installs show" tells where it is installed.`,
		Example: "  segctl workspace list\n  segctl workspace list -o json --jq '.[].name'",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return app.With(c, placeFlags{}, func(ctx context.Context, acc *account.Account) error {
				all, err := acc.Workspaces(ctx)
				if err != nil {
					return err
				}
				if len(all) == 0 {
					app.Say("The token sees no workspace.")
				}
				return app.Print(ctx, all, func() output.Table { return workspaceTable(all) })
			})
		},
	}
}

func workspaceTable(all []*segment.Workspace) output.Table {
	t := output.Table{Header: []string{"workspace", "display name", "id", "name"}, Less: []string{"name", "id"}}
	for _, w := range all {
		t.Rows = append(t.Rows, []string{segment.IDOf(w.Name), w.DisplayName, w.ID, w.Name})
	}
	return t
}
