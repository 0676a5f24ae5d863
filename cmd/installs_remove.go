package cmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/install"
)

func newInstallsRemove(app *App) *cobra.Command {
	var revoke, yes bool
	c := &cobra.Command{
		Use:     "remove NAME",
		Aliases: []string{"rm"},
		Short:   "Forget a saved install, and with --revoke kill its token",
		Long: `Remove takes an install and its token from the store. The App stays installed at Segment, and
"segctl installs import" brings the install back. With --revoke the token is refreshed first and the new one
dropped, so that no copy of the old one works any more.`,
		Example: "  segctl installs remove installs/7\n  segctl installs remove installs/7 --revoke --yes",
		Args:    oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			ctx := c.Context()
			name, err := install.ParseName(args[0])
			if err != nil {
				return err
			}
			if _, err := app.load(); err != nil {
				return err
			}
			store, err := app.store()
			if err != nil {
				return err
			}
			if err := app.confirm(ctx, yes, fmt.Sprintf("Forget %s?", name)); err != nil {
				return err
			}
			if revoke {
				// The name means another install on every server: the token is killed where it was issued, or not at all.
				if _, err := app.savedSession(store, name).Install(ctx); err != nil {
					return err
				}
			}
			err = store.Update(ctx, name, func(old *install.Install) (*install.Install, error) {
				if old == nil {
					// A damaged record can be removed as well.
					if _, err := store.Get(ctx, name); isNotFound(err) {
						return nil, err
					}
				}
				if revoke {
					if _, err := app.refresh(ctx, name); err != nil {
						return nil, fmt.Errorf("revoke the token of %s, which is kept: %w", name, err)
					}
				}
				return nil, nil
			})
			if err != nil {
				return err
			}
			app.say("%s is forgotten. The App stays installed at Segment.", name)
			return nil
		},
	}
	c.Flags().BoolVar(&revoke, "revoke", false, "kill the token as well")
	addYesFlag(c.Flags(), &yes)
	return c
}
