package cmd

import "github.com/spf13/cobra"

func newInstallsShow(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "show [NAME]",
		Short:   "Show one saved install, without its token",
		Example: "  segctl installs show\n  segctl installs show installs/7 -o json",
		Args:    atMostOneArg,
		RunE: func(c *cobra.Command, args []string) error {
			ctx := c.Context()
			store, err := app.store()
			if err != nil {
				return err
			}
			name := app.flags.install
			if len(args) > 0 {
				name = args[0]
			} else if name == "" {
				if name, err = store.Current(ctx); isNotFound(err) {
					return errSignIn
				} else if err != nil {
					return err
				}
			}
			i, err := store.Get(ctx, name)
			if err != nil {
				return err
			}
			return app.printInstall(ctx, store, i)
		},
	}
}
