package cmd

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/segment"
)

// addSetFrom adds the flag that gives each install settings of its own.
func (f *destFlags) addSetFrom(flags *pflag.FlagSet) {
	flags.StringVar(&f.setFrom, "set-from", "", "settings of each install in a CSV `file` (- for standard input), with the columns install and names of settings")
}

// runMany plans the change of many installs, has it confirmed and carries it out.
func (f *destFlags) runMany(app *App, c *cobra.Command, arg string, verb destination.Verb) error {
	ctx := c.Context()
	targets, err := f.targets(ctx, app, c)
	if err != nil {
		return err
	}
	change, err := f.read(ctx, app, c)
	if err != nil {
		return err
	}
	for i := range targets {
		want := &targets[i].Want
		given := want.Change.Set
		want.Destination, want.Place, want.Change = arg, f.place.place(), change
		want.Change.Set = append(want.Change.Set[:len(change.Set):len(change.Set)], given...)
	}
	find := func(ctx context.Context, acc *account.Account, want destination.Wanted) (segment.Name, error) {
		return f.find(ctx, acc, want.Destination, want.Change.File, verb)
	}
	run := fleet.Run{Targets: targets, Task: fleet.ChangeTask(verb, find), DryRun: f.dryRun}
	return app.runFleet(c, &f.many, run, fleetView{})
}

// targets returns the installs that are chosen, with the settings that --set-from has for each. Without another choice,
// they are those of the file.
func (f *destFlags) targets(ctx context.Context, app *App, c *cobra.Command) ([]fleet.Target, error) {
	if f.setFrom == "" {
		cards, err := app.fleetCards(ctx, c, &f.many, f.place)
		return fleet.Targets(cards, destination.Wanted{}), err
	}
	text, err := app.ReadInput(f.setFrom)
	if err != nil {
		return nil, err
	}
	settings, err := fleet.ReadSettings(text, f.setFrom)
	if err != nil {
		return nil, err
	}
	if !f.many.isSet() {
		f.many.names, f.many.from = settings.Installs(), f.setFrom
	}
	cards, err := app.fleetCards(ctx, c, &f.many, f.place)
	if err != nil {
		return nil, err
	}
	return settings.Targets(cards)
}
