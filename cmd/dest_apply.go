package cmd

import (
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/fleet"
)

func newDestApply(app *App) *cobra.Command {
	var flags desiredFlags
	var dryRun bool
	c := &cobra.Command{
		Use:   "apply -f FILE",
		Short: "Make destinations what files want",
		Long: `Apply creates the destinations that are missing and changes what differs, with no more requests than that
needs: what is as wanted is only read. For several installs it shows its plan and asks; --canary changes a few first, compares
them again, and goes on only if nothing differs.

A destination that is created is disabled unless its entry says enabled: true.

` + helpDesired,
		Example: `  segctl dest apply -f clearbrain.yaml --dry-run
  segctl dest apply -f clearbrain.yaml --yes --canary 5 --max-changes 10%
  segctl dest export --all >fleet.yaml && segctl dest apply -f fleet.yaml`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			targets, err := flags.targets(app, c)
			if err != nil {
				return err
			}
			run := fleet.Run{Targets: targets, Task: fleet.ApplyTask(), DryRun: dryRun}
			return app.runFleet(c, &flags.many, run, fleetView{says: saysApplied, confirm: flags.prune})
		},
	}
	flags.add(c.Flags())
	flags.many.addChange(c.Flags())
	c.Flags().BoolVar(&dryRun, "dry-run", false, "show what would be changed, and change nothing")
	return c
}

// saysApplied tells what became of a destination and, where it was changed, of which settings.
func saysApplied(r fleet.Result) string {
	switch {
	case r.Status == fleet.Different:
		return "✗ " + r.Detail
	case r.Status != fleet.Changed:
		return r.Detail + "."
	case len(r.Changes) == 0, r.Action == string(destination.Deleted):
		return "✓ " + r.Detail
	}
	return "✓ " + r.Detail + " (" + fleet.ChangesInWords(r.Changes) + ")"
}
