package cmd

import (
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/doctor"
	"github.com/segctl/segctl/internal/problem"
)

func newDoctor(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Check this machine, the configuration, the keyring, the network and the token",
		Long: `Doctor prints one line for each thing that segctl depends on: ✓ for what is well, ! for what deserves a
look, ✗ for what stops a command. It exits with 10 if anything is ✗.

It changes nothing: in particular, it refreshes no token. It prints no secret, so its output can be pasted
into a ticket.`,
		Example: "  segctl doctor\n  segctl doctor -o json --jq '.[] | select(.status != \"ok\")'",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			p, err := app.findingsPrinter()
			if err != nil {
				return err
			}
			found := doctor.Check(ctx, doctor.Machine{
				Version: Version(),
				Browser: app.browser(),
				World:   app.World,
				Select:  app.selector(placeFlags{}),
			})
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err := app.printFindings(ctx, p, found); err != nil {
				return err
			}
			if doctor.Failed(found) {
				return problem.Silent(problem.ExitDifferent)
			}
			return nil
		},
	}
}
