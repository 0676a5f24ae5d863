package cmd

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newSourceDelete(app *App) *cobra.Command {
	var workspace string
	var yes bool
	c := &cobra.Command{
		Use:     "delete SOURCE",
		Aliases: []string{"rm"},
		Short:   "Delete a source with all its destinations",
		Example: "  segctl source delete js\n  segctl source delete workspaces/acme/sources/js --yes",
		Args:    oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			ctx := c.Context()
			name, err := app.sourceArg(ctx, args, workspace)
			if err != nil {
				return err
			}
			if err := app.confirm(ctx, yes, fmt.Sprintf("Delete %s with all its destinations?", name)); err != nil {
				return err
			}
			api, err := app.client(ctx)
			if err != nil {
				return err
			}
			if err := api.DeleteSource(ctx, name); err != nil {
				return fmt.Errorf("delete source %q: %w", name, err)
			}
			app.say("%s is deleted.", name)
			return nil
		},
	}
	addWorkspaceFlag(c.Flags(), &workspace)
	addYesFlag(c.Flags(), &yes)
	return c
}
