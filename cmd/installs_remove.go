package cmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/install"
)

func newInstallsRemove(app *App) *cobra.Command {
	var many fleetFlags
	var revoke bool
	c := &cobra.Command{
		Use:     "remove [NAME]",
		Aliases: []string{"rm"},
		Short:   "Forget a saved install, and with --revoke kill its token",
		Long: `Remove takes an install and its token from the store. The App stays installed at Segment, and
"segctl installs import" brings the install back. With --revoke the token is refreshed first and the new one
dropped, so that no copy of the old one works any more.`,
		Example: "  segctl installs remove installs/7\n  segctl installs remove acme/js --revoke --yes\n  segctl installs remove --match 'trial-*'",
		Args: func(c *cobra.Command, args []string) error {
			if many.isSet() {
				return noArgs(c, args)
			}
			return oneArg(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			ctx := c.Context()
			w, err := app.World()
			if err != nil {
				return err
			}
			if many.isSet() {
				cards, err := app.fleetCards(ctx, c, &many, placeFlags{})
				if err != nil {
					return err
				}
				run := fleet.Run{Targets: fleet.Targets(cards, destination.Wanted{}), Task: fleet.RemoveTask(w, revoke)}
				return app.runFleet(c, &many, run, fleetView{says: func(r fleet.Result) string { return on(r.Target.Card) + " is forgotten." }})
			}
			if err := many.checkAlone(c); err != nil {
				return err
			}
			card, err := w.Choose(ctx, install.Selector{Install: args[0]})
			if err != nil {
				return err
			}
			if err := app.Confirm(ctx, many.yes, fmt.Sprintf("Forget %s?", on(card))); err != nil {
				return err
			}
			if err := w.Revoke(ctx, card, revoke); err != nil {
				return err
			}
			app.Say("%s is forgotten. The App stays installed at Segment.", on(card))
			return app.PrintDone(ctx, card.Name, "removed")
		},
	}
	c.Flags().BoolVar(&revoke, "revoke", false, "kill the token as well")
	many.add(c.Flags())
	addYesFlag(c.Flags(), &many.yes)
	return c
}
