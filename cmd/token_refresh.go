package cmd

import "github.com/spf13/cobra"

func newTokenRefresh(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "refresh",
		Short: "Get a new token; the old one stops working at that moment",
		Long: `Refresh gets a new token for a saved install and saves it. The old token stops working
at that moment. Of several processes that refresh at once, one does, and all get its token. A store that cannot
be written is found out before: the old token then goes on working.`,
		Example: "  segctl token refresh\n  segctl token refresh --install acme/js",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			w, err := app.World()
			if err != nil {
				return err
			}
			acc, err := w.OpenSaved(ctx, app.selector(placeFlags{}))
			if err != nil {
				return err
			}
			renewed, err := acc.Renew(ctx)
			if err != nil {
				return err
			}
			app.Say("✓ Refreshed %s: the new token expires %s.", on(renewed.Card), app.expiry(renewed.ExpiresAt))
			return app.printInstallIfAsked(ctx, w, renewed.Card)
		},
	}
}
