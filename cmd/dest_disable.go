package cmd

import (
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/destination"
)

func newDestDisable(app *App) *cobra.Command {
	var flags destFlags
	c := &cobra.Command{
		Use:     "disable [DEST]",
		Short:   "Stop events from flowing to a destination",
		Example: "  segctl dest disable\n  segctl dest disable clearbrain --source js",
		Args:    atMostOneArg,
		RunE:    func(c *cobra.Command, args []string) error { return flags.run(app, c, args, destination.ToDisable) },
	}
	flags.add(c.Flags())
	flags.addMany(c.Flags())
	return c
}
