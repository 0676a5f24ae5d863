package cmd

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/problem"
)

// healthFlags say whose destinations are checked or watched, and what they should be.
type healthFlags struct {
	place placeFlags
	desiredFlags
}

func (f *healthFlags) add(flags *pflag.FlagSet) {
	f.place.add(flags)
	f.addFiles(flags)
	f.many.add(flags)
}

// choose returns what is checked or watched. The function may be called again later, for the installs that there are then;
// what the command line says is read once.
type choose func(ctx context.Context) ([]fleet.Target, error)

// chooser returns the choice of the command line: the destinations of the files or, without any, the one that it names.
func (f *healthFlags) chooser(app *App, c *cobra.Command, args []string) (choose, error) {
	arg, err := destArg(args)
	if err != nil {
		return nil, err
	}
	if len(f.files) > 0 && (arg != "" || f.place != placeFlags{}) {
		return nil, problem.Usage("the files say which destinations are meant: DEST, --workspace and --source cannot say it as well")
	}
	if !f.many.isSet() && len(f.files) == 0 {
		if err := f.many.checkAlone(c); err != nil {
			return nil, err
		}
	}
	w, err := app.World()
	if err != nil {
		return nil, err
	}
	follow := &fleet.Following{World: w, Selection: fleet.Selection{All: f.many.all, Match: f.many.match}}
	if len(f.files) > 0 {
		d, err := f.load(app, c)
		if err != nil {
			return nil, err
		}
		follow.Cards = d.Chosen
		return func(ctx context.Context) (targets []fleet.Target, err error) {
			if d.Chosen, err = follow.Now(ctx); err != nil {
				return nil, err
			}
			return d.Targets(ctx, w, f.many.concurrency)
		}, nil
	}
	if follow.Cards, err = app.fleetCards(c.Context(), c, &f.many, f.place); err != nil {
		return nil, err
	}
	return func(ctx context.Context) ([]fleet.Target, error) {
		cards, err := follow.Now(ctx)
		return fleet.Targets(cards, destination.Wanted{Destination: arg, Place: f.place.place()}), err
	}, nil
}
