package cmd

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
)

func newSandboxWait(app *App) *cobra.Command {
	var wanted sandbox.Wanted
	var status int
	var timeout time.Duration
	c := &cobra.Command{
		Use:   "wait",
		Short: "Wait until a running sandbox has answered so many requests",
		Long: `Wait returns as soon as a running sandbox has answered --count requests of a kind, all since it started
or was last reset, those before the wait among them. After --timeout it exits with 1, and says how
many there were.

In --route, * is one word of the path, and ** at the end any number of them.`,
		Example: `  segctl sandbox wait --count 3 --method PATCH --route '/v1beta/**' --status 200
  segctl sandbox wait --route /v1beta/installs/7/token --timeout 5s`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			switch {
			case wanted.Count < 1:
				return problem.Usage("--count is less than 1").Hint("", "sandbox", "wait", "--count", "1")
			case timeout < 0:
				return problem.Usage("--timeout is less than nothing").Hint("", "sandbox", "wait", "--timeout", "30s")
			}
			if c.Flags().Changed("status") {
				wanted.Status = &status
			}
			return app.waitForRequests(c.Context(), wanted, timeout)
		},
	}
	flags := c.Flags()
	flags.IntVar(&wanted.Count, "count", 1, "how many requests")
	flags.StringVar(&wanted.Method, "method", "", "`method` of the requests (default: any)")
	flags.StringVar(&wanted.Route, "route", "", "`path` of the requests (default: any)")
	flags.IntVar(&status, "status", 0, "status of the answers, 0 for connections that a fault cut (default: any)")
	flags.DurationVar(&timeout, "timeout", 30*time.Second, "longest wait; 0s looks once")
	return c
}

// waitForRequests waits for requests, and says how many there were.
func (a *App) waitForRequests(ctx context.Context, wanted sandbox.Wanted, timeout time.Duration) error {
	admin, err := a.sandboxAdmin()
	if err != nil {
		return err
	}
	got, err := admin.Wait(ctx, wanted, timeout)
	if err != nil {
		return err
	}
	kind := nonEmpty(strings.ToUpper(wanted.Method), wanted.Route)
	if wanted.Status != nil {
		kind = append(kind, strconv.Itoa(*wanted.Status))
	}
	kind = append([]string{"requests"}, kind...)
	if got.Untold > 0 {
		a.Say("note: there were %d more, of too many paths to tell which", got.Untold)
	}
	if !got.Reached {
		return problem.With(problem.ExitFailure, "after %s there were %d of %d %s", timeout, got.Count, wanted.Count, strings.Join(kind, " ")).
			Hint("shows the last ones", "sandbox", "requests")
	}
	a.Say("%d %s", got.Count, strings.Join(kind, " "))
	return a.PrintIfAsked(ctx, got, func() output.Table {
		return output.Table{Rows: [][]string{{"requests", strconv.Itoa(got.Count)}}}
	})
}
