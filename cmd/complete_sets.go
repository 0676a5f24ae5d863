package cmd

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// The completions of this file are of closed sets, each word with what it means.

// pairsOf returns words with their descriptions, which follow them.
func pairsOf(words ...string) lookup {
	var all []cobra.Completion
	for i := 0; i+1 < len(words); i += 2 {
		all = append(all, described(words[i], words[i+1]))
	}
	return fixed(all...)
}

// explained returns the words that a help text explains on lines of their own: "  word   what it means".
func explained(text string) []cobra.Completion {
	var all []cobra.Completion
	for _, line := range regexp.MustCompile(`(?m)^  ([a-z_-]+)  +(\S.*)$`).FindAllStringSubmatch(text, -1) {
		all = append(all, described(line[1], line[2]))
	}
	return all
}

func findFormats() lookup {
	return pairsOf("table", "columns for people", "json", "the API's own object, or a stream of events", "yaml", "the same as YAML",
		"tsv", "rows without a header, for cut and read", "csv", "rows with a header")
}

func findStores() lookup {
	return pairsOf("keyring", "that of this system", "file", "files that only you can read", "postgres", "a database that machines share")
}

func findModes() lookup {
	return pairsOf(segment.ModeCloud, "Segment's servers send the events", segment.ModeDevice, "the customer's page or app sends them",
		segment.ModeUnspecified, "as the destination has it")
}

func findCollections() lookup {
	return fixed("users", "apps", "workspaces", "sources", "destinations", "filters", "tracking-plans", "installs", "tokens")
}

// findHealths returns the words of health, the best first.
func findHealths(context.Context, *cobra.Command, []string) []cobra.Completion {
	return explained(healthWords())
}

// findFaults returns the kinds of faults, which the command explains.
func findFaults(_ context.Context, c *cobra.Command, _ []string) []cobra.Completion {
	return explained(c.Long)
}

// findQuirks returns every value of every quirk, with what the quirk does.
func findQuirks(context.Context, *cobra.Command, []string) []cobra.Completion {
	var all []cobra.Completion
	for _, q := range sandbox.Quirks() {
		for _, value := range q.Values {
			all = append(all, described(q.Name+"="+value, q.About))
		}
	}
	return all
}

// findKeys returns the keys of settings, with what `config set` says of them.
func findKeys(_ context.Context, c *cobra.Command, _ []string) []cobra.Completion {
	keys := config.Keys()
	if c.Name() == "set" {
		keys = append(keys, config.Profile)
	}
	about := map[string]cobra.Completion{}
	if set, _, err := c.Root().Find([]string{"config", "set"}); err == nil {
		for _, candidate := range explained(set.Long) {
			key, _, _ := strings.Cut(candidate, "\t")
			about[key] = candidate
		}
	}
	all := make([]cobra.Completion, len(keys))
	for i, key := range keys {
		if all[i] = about[key]; all[i] == "" {
			all[i] = key
		}
	}
	return all
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
		return []cobra.Completion{described(slug, "on "+card.Place())}
	}
	var found candidates
	if acc, err := w.Open(ctx, a.quietSelector(c)); err == nil {
		if source, err := acc.Source(ctx, placeFlags{flagValue(c, "workspace"), flagValue(c, "source")}.place()); err == nil {
			all, _, _ := destination.List(ctx, acc, source) // what came in time
			for _, d := range all {
				found.add(segment.IDOf(d.Name), d.DisplayName+", "+destination.State(d))
			}
		}
	}
	if len(found.all) == 0 {
		return a.findSlugs(ctx, c, args)
	}
	return found.all
}

// scopesAbout describes the scopes that are not about one destination.
func scopesAbout() []cobra.Completion {
	return []cobra.Completion{
		described(string(wire.ScopeWorkspace), "everything of a workspace"),
		described(string(wire.ScopeWorkspaceRead), "everything of a workspace, to read"),
	}
}
