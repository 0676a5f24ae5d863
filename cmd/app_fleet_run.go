package cmd

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/problem"
)

// runFleet carries a run out: what is to be changed is shown and confirmed, events or rows are printed, and the error has
// the exit code that the summary has.
func (a *App) runFleet(c *cobra.Command, f *fleetFlags, r fleet.Run, v fleetView) error {
	ctx := c.Context()
	w, err := a.World()
	if err != nil {
		return err
	}
	p, err := a.newFleetPrinter(ctx, v, len(r.Targets))
	if err != nil {
		return err
	}
	if r.MaxChanges, err = fleet.ParseShare(f.maxChanges); err != nil {
		return err
	}
	r.World, r.Context, r.Segctl, r.Now = w.Fleet(f.limit()), a.problemContext(), Version(), a.Now
	r.Concurrency, r.Canary, r.Observer = f.concurrency, f.canary, p
	if r.Task.Plan != nil && !r.DryRun {
		r.Confirm = func(ctx context.Context, plan fleet.Plan) error {
			p.progress.Close()
			if len(r.Targets) == 1 && !f.isSet() && !v.confirm { // the one that the command line means
				return nil
			}
			if !f.yes {
				p.sayPlan()
			}
			return a.Confirm(ctx, f.yes, question(plan))
		}
	}
	told := context.AfterFunc(ctx, func() { p.say("Interrupted: what is in flight is finished. Ctrl-C again ends at once.") })
	summary, err := r.Do(ctx)
	told()
	p.progress.Close()
	if printErr := p.end(ctx, summary, r.DryRun); err == nil {
		err = printErr
	}
	switch {
	case err != nil:
		return err
	case p.failed != nil && summary.Targets == 1: // told as for one install
		if name := r.Targets[0].Card.Name; name != "" {
			a.context = a.problemContext().On(name).Flags
		}
		return p.failed
	case summary.ExitCode != problem.ExitOK:
		return problem.Silent(summary.ExitCode)
	}
	return nil
}

// question asks for what a plan does.
func question(p fleet.Plan) string {
	var parts []string
	for _, action := range slices.Sorted(maps.Keys(p.Actions)) {
		parts = append(parts, fmt.Sprintf("%d %s", p.Actions[action], action))
	}
	if p.OK > 0 {
		parts = append(parts, fmt.Sprintf("%d as wanted", p.OK))
	}
	if p.Failed > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", p.Failed))
	}
	return fmt.Sprintf("Change %d of %s (%s)?", p.Changes, fleet.CountInWords(p.Targets), strings.Join(parts, ", "))
}
