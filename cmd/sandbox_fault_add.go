package cmd

import (
	"cmp"
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
)

func newSandboxFaultAdd(app *App) *cobra.Command {
	var method, route string
	var delay time.Duration
	var f sandbox.Fault
	c := &cobra.Command{
		Use:   "add KIND",
		Short: "Switch a fault on",
		Long: `Add makes requests go wrong, by one of these kinds:

  status          answer --status, and do nothing
  delay           wait --delay before answering
  slow            send the body in pieces over --delay
  drop            cut the connection, and do nothing
  drop-after      cut the connection after the change is committed
  malformed       send half of the JSON
  unavailable     answer the plain-text 503 of Segment's proxy
  token-type      answer with a token_type that is not bearer
  rate-limited    answer 429, with Retry-After if --retry-after is given
  callback-error  send the person back to the App with --error, from the authorization
                  endpoint or the consent page: request_unauthorized is what comes of a
                  page that was left open too long

In --route, * is one word of the path, and ** at the end any number of them.`,
		Example: `  segctl sandbox fault add drop-after --method POST --route '/v1beta/**' --count 1
  segctl sandbox fault add rate-limited --retry-after 2 --probability 0.1
  segctl sandbox fault add drop-after --method PATCH --probability 0.05 --seed 1
  segctl sandbox fault add callback-error --error request_unauthorized --count 1`,
		Args: oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			f.Kind, f.Route, f.DelayMS = args[0], route, int(delay.Milliseconds())
			if method != "" {
				f.Route = method + " " + cmp.Or(route, "**")
			}
			if c.Flags().Changed("probability") && f.Probability <= 0 { // the admin API takes 0 for always
				return problem.Usage("--probability is not above 0").Hint("", "sandbox", "fault", "add", f.Kind, "--probability", "0.1")
			}
			return showSandbox(c, app, func(admin *sandbox.Admin, ctx context.Context) (sandbox.Fault, error) {
				return admin.AddFault(ctx, f)
			}, func(f sandbox.Fault) output.Table { return faultTable([]sandbox.Fault{f}) })
		},
	}
	flags := c.Flags()
	flags.StringVar(&route, "route", "", "`path` of the requests to hit (default: every one)")
	flags.StringVar(&method, "method", "", "`method` of the requests to hit (default: every one)")
	flags.IntVar(&f.Count, "count", 0, "how many requests to hit (0: no end)")
	flags.Float64Var(&f.Probability, "probability", 0, "how likely it is to hit, above 0 and up to 1 (default: always)")
	flags.Uint64Var(&f.Seed, "seed", 0, "`number` by which --probability hits the same requests in every run (default: chance)")
	flags.DurationVar(&delay, "delay", 0, "for delay and slow, such as 500ms")
	flags.IntVar(&f.Status, "status", 0, "for status, 400 to 599")
	flags.IntVar(&f.RetryAfter, "retry-after", 0, "for rate-limited, in `seconds`")
	flags.StringVar(&f.Error, "error", "", "for callback-error, the `code`, such as request_unauthorized")
	flags.StringVar(&f.Hint, "hint", "", "for callback-error, the `text` of error_hint (default: that of ORY Hydra)")
	return c
}
