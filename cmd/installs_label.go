package cmd

import (
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/install"
)

func newInstallsLabel(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "label NAME LABEL",
		Short: "Give a saved install a name that you remember",
		Long: `Label gives a saved install a name of your own, such as the customer's, which --install takes as well. An
empty LABEL takes it away.`,
		Example: "  segctl installs label installs/7 acme\n  segctl dest get --install acme",
		Args:    func(c *cobra.Command, args []string) error { return checkArgs(c, args, 2, 2) },
		RunE: func(c *cobra.Command, args []string) error {
			w, err := app.World()
			if err != nil {
				return err
			}
			card, err := w.Choose(c.Context(), install.Selector{Install: args[0]})
			if err != nil {
				return err
			}
			if err := w.Label(c.Context(), card, args[1]); err != nil {
				return err
			}
			card.Label = args[1]
			app.Say("Labelled %s.", on(card))
			return app.printInstallIfAsked(c.Context(), w, card)
		},
	}
}
