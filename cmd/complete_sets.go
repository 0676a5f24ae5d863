package cmd

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/candidates"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/segment"
)

// findHealths returns the words of health, the best first.
func findHealths(context.Context, *cobra.Command, []string) []cobra.Completion {
	return candidates.Explained(healthWords())
}

// findFaults returns the kinds of faults, which the command explains.
func findFaults(_ context.Context, c *cobra.Command, _ []string) []cobra.Completion {
	return candidates.Explained(c.Long)
}

// findKeys returns the keys of settings, with what `config set` says of them.
func findKeys(_ context.Context, c *cobra.Command, _ []string) []cobra.Completion {
	keys := config.Keys()
	if c.Name() == "set" {
		keys = append(keys, config.Profile)
	}
	set, _, err := c.Root().Find([]string{"config", "set"})
	if err != nil {
		return keys
	}
	return candidates.ExplainedOf(keys, set.Long)
}

// findReached returns the destinations that a command can be about: for one that makes them, those of the catalog; else
// the one that the install is for, or those that are on its source.
func (a *App) findReached(ctx context.Context, c *cobra.Command, args []string) []cobra.Completion {
	w, ok := a.quietWorld()
	if !ok || slices.Contains([]string{"create", "enable"}, c.Name()) {
		return a.findSlugs(ctx, c, args)
	}
	card, err := w.Choose(ctx, a.quietSelector(c))
	if w.Given != "" || err != nil || card.Scope == "" {
		return a.findSlugs(ctx, c, args)
	}
	if slug := card.Scope.Destination(); slug != "" {
		return []cobra.Completion{candidates.Described(slug, "on "+card.Place())}
	}
	var found candidates.List
	if acc, err := w.Open(ctx, a.quietSelector(c)); err == nil {
		if source, err := acc.Source(ctx, placeFlags{flagValue(c, "workspace"), flagValue(c, "source")}.place()); err == nil {
			all, _, _ := destination.List(ctx, acc, source) // what came in time
			for _, d := range all {
				found.Add(segment.IDOf(d.Name), d.DisplayName+", "+destination.State(d))
			}
		}
	}
	if len(found.All) == 0 {
		return a.findSlugs(ctx, c, args)
	}
	return found.All
}
