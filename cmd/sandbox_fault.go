package cmd

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/sandbox"
)

func newSandboxFault(app *App) *cobra.Command {
	return group("fault", "Make requests to a running sandbox go wrong",
		newSandboxFaultAdd(app), newSandboxFaultClear(app), newSandboxFaultList(app))
}

func newSandboxFaultList(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the faults that are switched on",
		Example: "  segctl sandbox fault list",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return showAdmin(c.Context(), app, adminCall{Method: http.MethodGet, Path: "/faults", Member: "faults"}, faultTable)
		},
	}
}

func newSandboxFaultClear(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "clear [ID]",
		Short:   "Switch off one fault, or all, and list the rest",
		Example: "  segctl sandbox fault clear\n  segctl sandbox fault clear 2",
		Args:    atMostOneArg,
		RunE: func(c *cobra.Command, args []string) error {
			call := adminCall{Method: http.MethodDelete, Path: "/faults", Member: "faults"}
			if len(args) > 0 {
				id, err := strconv.Atoi(args[0])
				if err != nil || id < 1 {
					return usagef("%q is not the ID of a fault", args[0]).hint("segctl sandbox fault list")
				}
				call.Path += "/" + strconv.Itoa(id)
			}
			return showAdmin(c.Context(), app, call, faultTable)
		},
	}
}

func newSandboxFaultAdd(app *App) *cobra.Command {
	var method, route string
	var f sandbox.Fault
	c := &cobra.Command{
		Use:   "add KIND",
		Short: "Switch a fault on",
		Long: `Add makes requests go wrong, by one of these kinds:

  status        answer --status, and do nothing
  delay         wait --delay before answering
  slow          send the body in pieces over --delay
  drop          cut the connection, and do nothing
  drop-after    cut the connection after the change is committed
  malformed     send half of the JSON
  unavailable   answer the plain-text 503 of Segment's proxy
  token-type    answer with a token_type that is not bearer
  rate-limited  answer 429, with Retry-After if --retry-after is given

In --route, * is one word of the path, and ** at the end any number of them.`,
		Example: `  segctl sandbox fault add drop-after --method POST --route '/v1beta/**' --count 1
  segctl sandbox fault add rate-limited --retry-after 2 --probability 0.1`,
		Args: oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			f.Kind, f.Route = args[0], route
			if method != "" {
				f.Route = method + " " + cmp.Or(route, "**")
			}
			if c.Flags().Changed("probability") && f.Probability <= 0 {
				return usagef("--probability is not above 0").hint("--probability 0.1")
			}
			return showAdmin(c.Context(), app, adminCall{Method: http.MethodPost, Path: "/faults", Body: f}, func(f sandbox.Fault) output.Table {
				return faultTable([]sandbox.Fault{f})
			})
		},
	}
	flags := c.Flags()
	flags.StringVar(&route, "route", "", "`path` of the requests to hit (default: every one)")
	flags.StringVar(&method, "method", "", "`method` of the requests to hit (default: every one)")
	flags.IntVar(&f.Count, "count", 0, "how many requests to hit (0: no end)")
	flags.Float64Var(&f.Probability, "probability", 0, "how likely it is to hit, above 0 and up to 1 (default: always)")
	delay := flags.Duration("delay", 0, "for delay and slow, such as 500ms")
	flags.IntVar(&f.Status, "status", 0, "for status, 400 to 599")
	flags.IntVar(&f.RetryAfter, "retry-after", 0, "for rate-limited, in `seconds`")
	c.PreRun = func(*cobra.Command, []string) { f.DelayMS = int(delay.Milliseconds()) }
	return c
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
		case f.RetryAfter > 0:
			details = fmt.Sprintf("retry after %d s", f.RetryAfter)
		}
		t.Rows = append(t.Rows, []string{strconv.Itoa(f.ID), f.Kind, cmp.Or(f.Route, "**"), left, probability, details})
	}
	return t
}
