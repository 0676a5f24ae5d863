package cmd

import (
	"maps"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/sandbox"
)

func newSandboxCounters(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "counters",
		Short:   "Show how many codes a running sandbox redeemed, and how often it refreshed each install",
		Example: "  segctl sandbox counters\n  segctl sandbox counters --jq '.refreshes[\"installs/1\"]'",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return showSandbox(c, app, (*sandbox.Admin).Counters, countersTable)
		},
	}
}

func countersTable(counters sandbox.Counters) output.Table {
	t := output.Table{Rows: [][]string{{"codes redeemed", strconv.Itoa(counters.CodesRedeemed)}}}
	for _, install := range slices.Sorted(maps.Keys(counters.Refreshes)) {
		t.Rows = append(t.Rows, []string{"refreshes of " + install, strconv.Itoa(counters.Refreshes[install])})
	}
	return t
}
