package cmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/config"
)

func newConfigPath(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "path",
		Short:   "Print where config.yaml is, or would be",
		Example: "  segctl config path\n  $EDITOR \"$(segctl config path)\"",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			// The file is not read: this has to work while it is broken.
			dirs, err := app.dirs()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(app.Out, config.File(dirs.Config))
			return err
		},
	}
}
