package cmd

import (
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/destination"
)

func newDestCreate(app *App) *cobra.Command {
	var flags destFlags
	c := &cobra.Command{
		Use:   "create [DEST]",
		Short: "Create a destination",
		Long: `Create creates a destination, disabled unless --enabled is given. Its settings are checked against
the catalog before anything is sent.`,
		Example: `  segctl dest create --api-key @key.txt --enabled
  segctl dest create google-analytics --source js --set trackingId=UA-970334309-1 --set sampleRate=5
  segctl dest create --from-file destination.yaml --dry-run`,
		Args: atMostOneArg,
		RunE: func(c *cobra.Command, args []string) error { return flags.run(app, c, args, destination.ToCreate) },
	}
	flags.add(c.Flags())
	flags.addSettings(c.Flags())
	flags.addWhole(c.Flags())
	return c
}
