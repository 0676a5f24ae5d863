package cmd

import (
	"fmt"

	"github.com/spf13/cobra"
)

// newDestSwitch is `dest enable` and `dest disable`.
func newDestSwitch(app *App, on bool) *cobra.Command {
	flags := destFlags{exists: !on}
	c := &cobra.Command{
		Use:     "disable [DEST]",
		Short:   "Stop events from flowing to a destination",
		Example: "  segctl dest disable\n  segctl dest disable clearbrain --source js",
		Args:    atMostOneArg,
	}
	flags.add(c.Flags())
	if on {
		c.Use, c.Short = "enable [DEST]", "Enable a destination, creating it where it is missing"
		c.Long = `Enable creates the destination or, where it exists, updates it. Running it twice is harmless.`
		c.Example = "  segctl dest enable --api-key\n  segctl dest enable clearbrain --source js --api-key @key.txt"
		flags.addSettings(c.Flags())
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		ctx := c.Context()
		plan, err := flags.plan(ctx, app, c, args)
		if err != nil {
			return err
		}
		plan.body.Enabled = &on
		if on {
			return app.enableDestination(ctx, plan, flags.dryRun)
		}
		api, err := app.client(ctx)
		if err != nil {
			return err
		}
		old, err := api.Destination(ctx, plan.name)
		if err != nil {
			return fmt.Errorf("get destination %q: %w", plan.name, err)
		}
		return app.switchDestination(ctx, plan, old, flags.dryRun)
	}
	return c
}
