package cmd

import (
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/install"
)

func newInstallsUse(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "use NAME",
		Short:   "Make a saved install the current one",
		Example: "  segctl installs use installs/7\n  segctl installs use acme/js",
		Args:    oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			w, err := app.World()
			if err != nil {
				return err
			}
			card, err := w.Choose(c.Context(), install.Selector{Install: args[0]})
			if err != nil {
				return err
			}
			if err := w.Store.Use(c.Context(), card.Name); err != nil {
				return err
			}
			app.Say("%s is the current install.", on(card))
			return app.printInstallIfAsked(c.Context(), w, card)
		},
	}
}
