package cmd

import (
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/install"
)

func newInstallsUse(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "use NAME",
		Short:   "Make a saved install the current one",
		Example: "  segctl installs use installs/7",
		Args:    oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			store, err := app.store()
			if err != nil {
				return err
			}
			name, err := install.ParseName(args[0])
			if err != nil {
				return err
			}
			if err := store.Use(c.Context(), name); err != nil {
				return err
			}
			app.say("%s is the current install.", name)
			return nil
		},
	}
}
