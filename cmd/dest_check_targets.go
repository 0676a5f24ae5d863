package cmd

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/fleet"
)

// healthFlags say whose destinations are checked or watched.
type healthFlags struct {
	place placeFlags
	many  fleetFlags
}

func (f *healthFlags) add(flags *pflag.FlagSet) {
	f.place.add(flags)
	f.many.add(flags)
}

// chooser returns a function that says what is checked or watched. It may be called again later, for the installs that there
// are then; what the command line says is read once.
func (f *healthFlags) chooser(app *App, c *cobra.Command, args []string) (func(ctx context.Context) ([]fleet.Target, error), error) {
	arg, err := destArg(args)
	if err != nil {
		return nil, err
	}
	if !f.many.isSet() {
		if err := f.many.checkAlone(c); err != nil {
			return nil, err
		}
	}
	w, err := app.World()
	if err != nil {
		return nil, err
	}
	follow := &fleet.Following{World: w, Selection: fleet.Selection{All: f.many.all, Match: f.many.match}}
	if follow.Cards, err = app.fleetCards(c.Context(), c, &f.many, f.place); err != nil {
		return nil, err
	}
	return func(ctx context.Context) ([]fleet.Target, error) {
		cards, err := follow.Now(ctx)
		return fleet.Targets(cards, destination.Wanted{Destination: arg, Place: f.place.place()}), err
	}, nil
}
