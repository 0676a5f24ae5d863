package cmd

import (
	"github.com/spf13/cobra"
)

func newSandboxExport(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "export",
		Short: "Print the present state of a running sandbox as a seed file",
		Long: `Export prints what a running sandbox holds as YAML that sandbox start --seed reads. It holds
the secrets of the sandbox in plain text, tokens of installs among them: with that seed they work on.`,
		Example: "  segctl sandbox export > seed.yaml\n  segctl sandbox start --seed seed.yaml",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			admin, err := app.sandboxAdmin()
			if err != nil {
				return err
			}
			seed, err := admin.Export(c.Context())
			if err != nil {
				return err
			}
			_, err = app.Out.Write(seed)
			return err
		},
	}
}
