package cmd

import (
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/install"
)

func newInstallsShow(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "show [NAME]",
		Short:   "Show one saved install, without its token",
		Example: "  segctl installs show\n  segctl installs show acme/js -o json",
		Args:    atMostOneArg,
		RunE: func(c *cobra.Command, args []string) error {
			w, err := app.World()
			if err != nil {
				return err
			}
			sel := app.selector(placeFlags{})
			if len(args) > 0 {
				sel = install.Selector{Install: args[0]}
			}
			card, err := w.Choose(c.Context(), sel)
			if err != nil {
				return err
			}
			return app.printInstall(c.Context(), w, card)
		},
	}
}
