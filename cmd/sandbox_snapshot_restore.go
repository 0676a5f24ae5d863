package cmd

import (
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/sandbox"
)

func newSandboxSnapshotRestore(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "restore NAME",
		Short: "Make the state of a running sandbox what was saved under a name",
		Long: `Restore makes the state of a running sandbox what it was when it was saved: tokens that were valid are
valid again, the clock goes back to how far it had been moved, and quirks and faults are as they
were. Counters begin anew, and the request log goes on. The snapshot stays.`,
		Example: "  segctl sandbox snapshot restore before-the-migration",
		Args:    oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			admin, err := app.sandboxAdmin()
			if err != nil {
				return err
			}
			restored, err := admin.RestoreSnapshot(c.Context(), args[0])
			if err != nil {
				return err
			}
			app.Say("restored: %s (%d records)", restored.Name, restored.Records)
			return app.PrintIfAsked(c.Context(), restored, func() output.Table { return snapshotTable([]sandbox.Snapshot{restored}) })
		},
	}
}
