package cmd

import (
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/destination"
)

func newDestUpdate(app *App) *cobra.Command {
	var flags destFlags
	c := &cobra.Command{
		Use:   "update [DEST]",
		Short: "Change settings of a destination, and nothing else",
		Long: `Update changes what the flags name. Settings that are not named keep their values, and the update
mask holds exactly what is changed.`,
		Example: `  segctl dest update google-analytics --set sampleRate=7
  segctl dest update --unset domain --connection-mode DEVICE
  segctl dest update --api-key @key.txt`,
		Args: atMostOneArg,
		RunE: func(c *cobra.Command, args []string) error { return flags.run(app, c, args, destination.ToUpdate) },
	}
	flags.add(c.Flags())
	flags.addMany(c.Flags())
	flags.addSettings(c.Flags())
	flags.addSetFrom(c.Flags())
	flags.addWhole(c.Flags())
	c.Flags().StringArrayVar(&flags.unset, "unset", nil, "`name` of a setting to clear (repeatable)")
	return c
}
