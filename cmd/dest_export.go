package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/install"
)

// maxVariables is how many variables of an export are named on standard error. All are in the file.
const maxVariables = 20

func newDestExport(app *App) *cobra.Command {
	var place placeFlags
	var many fleetFlags
	c := &cobra.Command{
		Use:   "export [DEST]",
		Short: "Write a file of what a destination is, for diff and apply",
		Long: `Export prints a file for "dest diff" and "dest apply" that says what a destination is now: of one install or, with
--all, --match or --installs-from, an entry for each. Secrets are not in it. Each is a variable, such as ${ACME_JS_API_KEY};
the names of all are listed on standard error and at the end of the file. Set them in the environment, or give them as
columns of a CSV that the file names (values: customers.csv).

Where some cannot be read, the others are written, the exit code is 11, and the last line says that the file is not whole.`,
		Example: `  segctl dest export >clearbrain.yaml
  segctl dest export clearbrain --all >fleet.yaml`,
		Args: atMostOneArg,
		RunE: func(c *cobra.Command, args []string) error {
			arg, err := destArg(args)
			if err != nil {
				return err
			}
			cards, err := app.fleetCards(c.Context(), c, &many, place)
			if err != nil {
				return err
			}
			x := &fleet.Exporter{}
			want := destination.Wanted{Destination: arg, Place: place.place()}
			run := fleet.Run{Targets: fleet.Targets(cards, want), Task: x.Task()}
			silent := func(fleet.Result) string { return "" }
			return app.runFleet(c, &many, run, fleetView{says: silent, print: func() error { return app.printExport(x, cards) }})
		},
	}
	place.add(c.Flags())
	many.add(c.Flags())
	return c
}

// printExport prints the file, unless there is nothing in it, and says which variables it needs.
func (a *App) printExport(x *fleet.Exporter, cards []install.Card) error {
	file, missing := x.File(cards)
	if missing == len(cards) {
		return nil
	}
	if err := file.Write(a.Out, missing); err != nil {
		return err
	}
	a.sayNotes(file.Notes)
	if missing > 0 {
		a.Say("note: the file is not whole: %d of %d destinations are missing.", missing, len(cards))
	}
	names := make([]string, 0, len(file.Variables))
	for _, v := range file.Variables {
		names = append(names, v.Name)
	}
	switch more := len(names) - maxVariables; {
	case more > 0:
		a.Say("The file needs these variables, and %d more that it lists at its end: %s", more, strings.Join(names[:maxVariables], ", "))
	case len(names) > 0:
		a.Say("The file needs these variables: %s", strings.Join(names, ", "))
	}
	return nil
}
