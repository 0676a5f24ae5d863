package cmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
)

func newSourceGet(app *App) *cobra.Command {
	var workspace string
	c := &cobra.Command{
		Use:     "get [SOURCE]",
		Short:   "Show one source",
		Long:    "Get shows one source: without SOURCE, the one that the install is for.",
		Example: "  segctl source get js\n  segctl source get js --jq '.write_keys[]'",
		Args:    atMostOneArg,
		RunE: func(c *cobra.Command, args []string) error {
			ctx := c.Context()
			name, err := app.sourceArg(ctx, args, workspace)
			if err != nil {
				return err
			}
			api, err := app.client(ctx)
			if err != nil {
				return err
			}
			s, err := api.Source(ctx, name)
			if err != nil {
				return fmt.Errorf("get source %q: %w", name, err)
			}
			return app.print(ctx, s, func() output.Table { return app.sourceDetails(s) })
		},
	}
	addWorkspaceFlag(c.Flags(), &workspace)
	return c
}
