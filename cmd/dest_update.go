package cmd

import "github.com/spf13/cobra"

func newDestUpdate(app *App) *cobra.Command {
	flags := destFlags{exists: true}
	c := &cobra.Command{
		Use:   "update [DEST]",
		Short: "Change settings of a destination, and nothing else",
		Long: `Update changes what the flags name. Settings that are not named keep their values, and the update
mask holds exactly what is changed.`,
		Example: `  segctl dest update google-analytics --set sampleRate=7
  segctl dest update --unset domain --connection-mode DEVICE
  echo "$KEY" | segctl dest update --api-key -`,
		Args: atMostOneArg,
		RunE: func(c *cobra.Command, args []string) error {
			plan, err := flags.plan(c.Context(), app, c, args)
			if err != nil {
				return err
			}
			if len(plan.body.Mask()) == 0 {
				return usagef("nothing to change is given").
					hint("segctl dest update " + plan.name.Destination + " --set name=value   # or --unset, --api-key, --connection-mode, --enabled, --from-file")
			}
			return app.updateDestination(c.Context(), plan, nil, flags.dryRun)
		},
	}
	flags.add(c.Flags())
	flags.addSettings(c.Flags())
	flags.addWhole(c.Flags())
	c.Flags().StringArrayVar(&flags.unset, "unset", nil, "`name` of a setting to clear (repeatable)")
	return c
}
