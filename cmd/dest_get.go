package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/segment"
)

func newDestGet(app *App) *cobra.Command {
	var place placeFlags
	var many fleetFlags
	c := &cobra.Command{
		Use:     "get [DEST]",
		Short:   "Show one destination",
		Long:    "Get shows a destination. Tables mask the settings that are secret; JSON and YAML have them whole.",
		Example: "  segctl dest get\n  segctl dest get --all -o json\n  segctl dest get clearbrain --source js -o json\n  segctl dest get --jq .enabled",
		Args:    atMostOneArg,
		RunE: func(c *cobra.Command, args []string) error {
			arg, err := destArg(args)
			if err != nil {
				return err
			}
			if many.isSet() {
				return app.getMany(c, &many, arg, place)
			}
			if err := many.checkAlone(c); err != nil {
				return err
			}
			return app.With(c, place, func(ctx context.Context, acc *account.Account) error {
				name, err := acc.ExistingDestination(ctx, arg, place.place())
				if err != nil {
					return err
				}
				d, err := destination.Get(ctx, acc, name)
				if err != nil {
					return err
				}
				return app.Print(ctx, d, func() output.Table { return destDetails(app.shown(d, destination.Mask(d))) })
			})
		},
	}
	place.add(c.Flags())
	many.add(c.Flags())
	return c
}

// getMany shows the destination of many installs.
func (a *App) getMany(c *cobra.Command, many *fleetFlags, arg string, place placeFlags) error {
	cards, err := a.fleetCards(c.Context(), c, many, place)
	if err != nil {
		return err
	}
	want := destination.Wanted{Destination: arg, Place: place.place()}
	run := fleet.Run{Targets: fleet.Targets(cards, want), Task: fleet.GetTask()}
	return a.runFleet(c, many, run, fleetView{header: getHeader(), tint: output.State, rows: getRows})
}

func getHeader() []string { return []string{"install", "label", "destination", "state", "mode"} }

func getRows(r fleet.Result) [][]string {
	row := []string{r.Install, r.Label, r.On, "failed", r.Detail}
	if d, ok := r.Resource.(*segment.Destination); ok {
		row = []string{r.Install, r.Label, d.Name, destination.State(d), d.ConnectionMode}
	} else if r.Error != nil {
		row[len(row)-1] = r.Error.Message
	}
	return [][]string{row}
}
