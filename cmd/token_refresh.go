package cmd

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
)

func newTokenRefresh(app *App) *cobra.Command {
	var many fleetFlags
	var validity time.Duration
	c := &cobra.Command{
		Use:   "refresh",
		Short: "Get a new token; the old one stops working at that moment",
		Long: `Refresh gets a new token for a saved install and saves it. The old token stops working
at that moment. Of several processes that refresh at once, one does, and all get its token. A store that cannot
be written is found out before: the old token then goes on working.

With --all, --match or --installs-from it does so for many installs. --min-validity passes over those whose tokens work for at
least that long.`,
		Example: "  segctl token refresh\n  segctl token refresh --install acme/js\n  segctl token refresh --all --min-validity 30m",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if validity < 0 {
				return problem.Usage("--min-validity must not be less than 0")
			}
			if many.isSet() {
				cards, err := app.fleetCards(c.Context(), c, &many, placeFlags{})
				if err != nil {
					return err
				}
				run := fleet.Run{Targets: fleet.Targets(cards, destination.Wanted{}), Task: fleet.RefreshTask(validity)}
				return app.runFleet(c, &many, run, fleetView{says: app.sayRefreshed})
			}
			if err := many.checkAlone(c); err != nil {
				return err
			}
			w, err := app.World()
			if err != nil {
				return err
			}
			acc, err := w.OpenSaved(c.Context(), app.selector(placeFlags{}))
			if err != nil {
				return err
			}
			return app.refreshOne(c.Context(), w, acc, validity)
		},
	}
	many.add(c.Flags())
	c.Flags().DurationVar(&validity, "min-validity", 0, "leave tokens alone that work for at least that long, such as 30m")
	return c
}

// refreshOne refreshes one install, and tells what became of it.
func (a *App) refreshOne(ctx context.Context, w *account.World, acc *account.Account, validity time.Duration) error {
	done, err := fleet.Refresh(ctx, acc, validity)
	if err != nil {
		return err
	}
	card, _ := done.Resource.(install.Card)
	a.Say("%s", a.refreshed(card, done.Changed))
	return a.printInstallIfAsked(ctx, w, card)
}

func (a *App) sayRefreshed(r fleet.Result) string {
	card, _ := r.Resource.(install.Card)
	return a.refreshed(card, r.Status == fleet.Changed)
}

// refreshed says what became of a token.
func (a *App) refreshed(card install.Card, changed bool) string {
	if !changed {
		return fmt.Sprintf("%s is fresh: its token expires %s.", on(card), a.expiry(card.ExpiresAt))
	}
	return fmt.Sprintf("✓ Refreshed %s: the new token expires %s.", on(card), a.fromNow(card.ExpiresAt))
}
