package cmd

import (
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/sandbox"
)

func newSandboxSnapshotSave(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "save NAME",
		Short: "Keep the present state of a running sandbox under a name",
		Long: `Save keeps what a running sandbox holds under a name, in its memory: everything but the catalog, and the
clock, the quirks and the faults. What was saved under the same name before is replaced.`,
		Example: "  segctl sandbox snapshot save before-the-migration",
		Args:    oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			admin, err := app.sandboxAdmin()
			if err != nil {
				return err
			}
			saved, err := admin.SaveSnapshot(c.Context(), args[0])
			if err != nil {
				return err
			}
			app.Say("saved: %s (%d records)", saved.Name, saved.Records)
			return app.PrintIfAsked(c.Context(), saved, func() output.Table { return snapshotTable([]sandbox.Snapshot{saved}) })
		},
	}
}
