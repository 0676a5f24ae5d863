package cmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
)

func newSourceList(app *App) *cobra.Command {
	var workspace string
	c := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the sources of a workspace",
		Example: "  segctl source list\n  segctl source list --workspace acme -o json --jq '.[].name'",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			parent, err := app.workspace(ctx, placeFlags{workspace: workspace})
			if err != nil {
				return err
			}
			api, err := app.client(ctx)
			if err != nil {
				return err
			}
			all, err := collect(api.Sources(ctx, parent))
			if err != nil {
				return fmt.Errorf("list sources of %q: %w", parent, err)
			}
			if len(all) == 0 {
				app.say("%s has no sources.", parent)
			}
			return app.print(ctx, all, func() output.Table {
				t := output.Table{Header: []string{"source", "kind", "created", "name"}}
				for _, s := range all {
					t.Rows = append(t.Rows, []string{slugOf(s.Name), slugOf(s.CatalogName), formatTime(s.CreateTime), s.Name})
				}
				return t
			})
		},
	}
	addWorkspaceFlag(c.Flags(), &workspace)
	return c
}
