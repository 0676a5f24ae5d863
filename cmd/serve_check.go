package cmd

import (
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/doctor"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/serve"
)

func newServeCheck(app *App) *cobra.Command {
	var flags serveFlags
	c := &cobra.Command{
		Use:   "check",
		Short: "Say what the hosted flow is missing before it starts",
		Long: `Check prints one line for each thing that the service depends on, as "segctl doctor" does: the settings, the
database, its schema, a key that opens what is sealed, the public URL, the webhook secret, the logo, and whether the App
takes the redirect URL, which Segment is asked. It changes nothing, and exits with 10 if anything is ✗.

It takes the flags and variables of "segctl serve", so that it can run just before it, as an init container does.`,
		Example:     "  segctl serve check --public-url https://connect.example.com\n  segctl serve check -o json --jq '.[] | select(.status != \"ok\")'",
		Args:        noArgs,
		Annotations: serveVariables(),
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			_, store, err := app.sharedStore()
			if err != nil {
				return err
			}
			defer store.Close()
			o, err := flags.options(ctx, app, store)
			if err != nil {
				return err
			}
			if o.Log, err = flags.log(app); err != nil {
				return err
			}
			p, err := app.findingsPrinter()
			if err != nil {
				return err
			}
			found := serve.Check(ctx, o)
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
	flags.add(c.Flags())
	return c
}
