package cmd

import (
	"cmp"
	"net/http"

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
			_, err := app.sandboxAdmin(c.Context(), adminCall{Method: http.MethodPost, Path: "/reset", Body: map[string]string{"only": only}})
			if err != nil {
				return err
			}
			app.say("reset: %s", cmp.Or(only, "everything"))
			return nil
		},
	}
	c.Flags().StringVar(&only, "only", "", "the one `collection` to reset, such as destinations")
	return c
}
