package cmd

import (
	"cmp"

	"github.com/spf13/cobra"
)

func newSandboxReset(app *App) *cobra.Command {
	var only string
	c := &cobra.Command{
		Use:   "reset",
		Short: "Put back what a running sandbox started with",
		Long: `Reset puts back what a running sandbox started with: everything, or with --only one of users, apps,
workspaces, sources, destinations, filters, tracking-plans, installs and tokens. The catalog, the quirks,
the faults and the clock stay as they are.`,
		Example: "  segctl sandbox reset\n  segctl sandbox reset --only destinations",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			admin, err := app.sandboxAdmin()
			if err != nil {
				return err
			}
			if err := admin.Reset(c.Context(), only); err != nil {
				return err
			}
			what := cmp.Or(only, "everything")
			app.Say("reset: %s", what)
			return app.PrintDone(c.Context(), what, "reset")
		},
	}
	c.Flags().StringVar(&only, "only", "", "the one `collection` to reset, such as destinations")
	return c
}
