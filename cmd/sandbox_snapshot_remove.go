package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/sandbox"
)

func newSandboxSnapshotRemove(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "remove NAME",
		Aliases: []string{"rm"},
		Short:   "Forget what was saved under a name, and list the rest",
		Example: "  segctl sandbox snapshot remove before-the-migration",
		Args:    oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			return showSandbox(c, app, func(admin *sandbox.Admin, ctx context.Context) ([]sandbox.Snapshot, error) {
				return admin.RemoveSnapshot(ctx, args[0])
			}, snapshotTable)
		},
	}
}
