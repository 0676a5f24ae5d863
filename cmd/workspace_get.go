package cmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/segment"
)

func newWorkspaceGet(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "get [WORKSPACE]",
		Short: "Show one workspace",
		Long: `Get shows one workspace: WORKSPACE is a slug such as acme or a full name such as workspaces/acme.
Left out, it is the one that the App is installed on.`,
		Example: "  segctl workspace get\n  segctl workspace get acme -o json",
		Args:    atMostOneArg,
		RunE: func(c *cobra.Command, args []string) error {
			var wanted account.Place
			if len(args) > 0 {
				// An empty one is a variable that a script forgot to set.
				if wanted.Workspace = args[0]; wanted.Workspace == "" {
					return problem.Usage("the name of the workspace is empty").Hint("", "workspace", "list")
				}
			}
			return app.With(c, placeFlags{}, func(ctx context.Context, acc *account.Account) error {
				name, err := acc.WorkspaceItself(ctx, wanted)
				if err != nil {
					return err
				}
				w, err := acc.API().Workspace(ctx, name)
				if err != nil {
					return fmt.Errorf("get workspace %q: %w", name, err)
				}
				return app.Print(ctx, w, func() output.Table { return workspaceDetails(w) })
			})
		},
	}
}

func workspaceDetails(w *segment.Workspace) output.Table {
	return output.Table{Rows: [][]string{
		{"name", w.Name},
		{"display name", w.DisplayName},
		{"id", w.ID},
		{"created", formatTime(w.CreateTime)},
	}}
}
