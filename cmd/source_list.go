package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/segment"
)

func newSourceList(app *App) *cobra.Command {
	var place placeFlags
	c := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the sources of a workspace",
		Long:    "List shows the sources of a workspace. An install with a destination scope may not list them.",
		Example: "  segctl source list\n  segctl source list --workspace acme -o json --jq '.[].name'",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return app.With(c, place, func(ctx context.Context, acc *account.Account) error {
				workspace, err := acc.WorkspaceItself(ctx, place.place())
				if err != nil {
					return err
				}
				all, err := acc.Sources(ctx, workspace)
				if err != nil {
					return err
				}
				if len(all) == 0 {
					app.Say("%s has no sources.", workspace)
				}
				return app.Print(ctx, all, func() output.Table { return app.sourceTable(all) })
			})
		},
	}
	place.addWorkspace(c.Flags())
	return c
}

func (a *App) sourceTable(all []*segment.Source) output.Table {
	t := output.Table{Header: []string{"source", "kind", "created", "name"}, Less: []string{"name", "created"}}
	for _, s := range all {
		t.Rows = append(t.Rows, []string{segment.IDOf(s.Name), segment.IDOf(s.CatalogName), a.timeCell(s.CreateTime), s.Name})
	}
	return t
}
