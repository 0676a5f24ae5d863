package cmd

import (
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/destination"
)

func newDestEnable(app *App) *cobra.Command {
	var flags destFlags
	c := &cobra.Command{
		Use:     "enable [DEST]",
		Short:   "Enable a destination, creating it where it is missing",
		Long:    "Enable creates the destination or, where it exists, updates it. Running it twice is harmless.",
		Example: "  segctl dest enable --api-key\n  segctl dest enable clearbrain --source js --api-key @key.txt",
		Args:    atMostOneArg,
		RunE:    func(c *cobra.Command, args []string) error { return flags.run(app, c, args, destination.ToEnable) },
	}
	flags.add(c.Flags())
	flags.addMany(c.Flags())
	flags.addSettings(c.Flags())
	flags.addSetFrom(c.Flags())
	return c
}
