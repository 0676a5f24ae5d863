package cmd

import (
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
)

func newInstallsExport(app *App) *cobra.Command {
	var many fleetFlags
	c := &cobra.Command{
		Use:   "export",
		Short: "Write the saved installs as CSV, without their tokens",
		Long: `Export writes what "segctl installs import --from" reads, with the columns install, label, workspace,
source and scope: all saved installs, or those that --match or --installs-from choose. No token is in it. Importing
it again changes nothing.`,
		Example: "  segctl installs export >customers.csv\n  segctl installs export --match 'acme*'",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if format := app.bound[config.Output]; format != "" && format != string(output.FormatCSV) {
				return problem.Usage("an export is CSV, whatever -o says").Hint("has the same as "+format, "installs", "list", "-o", format)
			}
			w, cards, err := app.savedCards(c, &many)
			if err != nil {
				return err
			}
			if len(cards) == 0 {
				app.Say("No install is saved in %s.", w.Store)
			}
			p, err := app.printer()
			if err != nil {
				return err
			}
			p.Format = output.FormatCSV
			return printable(p.Print(c.Context(), nil, func() output.Table {
				return output.Table{Header: fleet.InstallColumns(), Rows: fleet.Export(cards)}
			}))
		},
	}
	many.addChoice(c.Flags())
	return c
}
