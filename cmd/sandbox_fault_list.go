package cmd

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/sandbox"
)

func newSandboxFaultList(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the faults that are switched on",
		Example: "  segctl sandbox fault list",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return showFaults(c, app, (*sandbox.Admin).Faults)
		},
	}
}

// showFaults prints the faults that are switched on after something was asked of a sandbox, and says so where there is none.
func showFaults(c *cobra.Command, app *App, ask func(*sandbox.Admin, context.Context) ([]sandbox.Fault, error)) error {
	return showSandbox(c, app, func(admin *sandbox.Admin, ctx context.Context) ([]sandbox.Fault, error) {
		faults, err := ask(admin, ctx)
		if err == nil && len(faults) == 0 {
			app.Say("No fault is switched on.")
		}
		return faults, err
	}, faultTable)
}

func faultTable(faults []sandbox.Fault) output.Table {
	t := output.Table{Header: []string{"id", "kind", "route", "hits left", "probability", "details"}}
	for _, f := range faults {
		left, probability, details := "∞", "1", ""
		if f.Count > 0 {
			left = strconv.Itoa(f.Count)
		}
		if f.Probability > 0 {
			probability = strconv.FormatFloat(f.Probability, 'g', -1, 64)
		}
		switch {
		case f.Status > 0:
			details = fmt.Sprintf("status %d", f.Status)
		case f.DelayMS > 0:
			details = fmt.Sprintf("%d ms", f.DelayMS)
		case f.Error != "":
			details = f.Error
		case f.RetryAfter > 0:
			details = fmt.Sprintf("retry after %d s", f.RetryAfter)
		}
		if f.Seed > 0 {
			details = strings.TrimPrefix(fmt.Sprintf("%s, seed %d", details, f.Seed), ", ")
		}
		t.Rows = append(t.Rows, []string{strconv.Itoa(f.ID), f.Kind, cmp.Or(f.Route, "**"), left, probability, details})
	}
	return t
}
