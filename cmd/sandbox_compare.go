package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/parity"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox/compare"
	"github.com/segctl/segctl/internal/wire"
)

// compareFlags are the flags of `segctl sandbox compare`.
type compareFlags struct {
	place                   placeFlags
	against, writeTo, scope string
}

func newSandboxCompare(app *App) *cobra.Command {
	var flags compareFlags
	c := &cobra.Command{
		Use:   "compare --against URL",
		Short: "Compare what the sandbox answers with a real Segment, or another sandbox",
		Long: `Compare sends the sandbox's conformance cases to a sandbox in this process and to another server, and tells
in which of them status, error code, fields, their types, or headers differ. The report has no name and no value
of your account in it.

URL is the origin of the API that your settings name: your token (SEGCTL_TOKEN, --token-stdin or a saved install)
goes nowhere else. What depends on the scope of the token is tried for that scope alone.

Nothing is changed, unless --write-to names a destination. One that is not there is created, switched off, changed
and deleted; one that is there is written to with what it has already. In the end it is put back as it was, after
a failure or Ctrl-C too. Nothing else is ever written to.

The exit status is 0 where every case that was tried is the same, and 10 where one differs.`,
		Example: `  segctl sandbox compare --against https://platform.segmentapis.com
  segctl sandbox compare --against https://platform.segmentapis.com --write-to my-destination -o json
  segctl sandbox compare --against https://platform.segmentapis.com --scope workspace --source js --token-stdin <token.txt`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := app.checkAgainst(flags.against); err != nil {
				return err
			}
			w, err := app.World()
			if err != nil {
				return err
			}
			// Many of its requests are wrong on purpose: whoever reads the server's log can tell them from others.
			w.UserAgent = "segctl-compare/" + Version()
			return app.With(c, flags.place, func(ctx context.Context, acc *account.Account) error {
				return app.compare(ctx, acc, flags)
			})
		},
	}
	flags.place.add(c.Flags())
	c.Flags().StringVar(&flags.against, "against", "", "`URL` of the other server's API")
	c.Flags().StringVar(&flags.writeTo, "write-to", "", "destination that may be created, changed and deleted (default: nothing is)")
	c.Flags().StringVar(&flags.scope, "scope", "", "scope of a token that was given (default: the setting)")
	return c
}

// checkAgainst keeps the token with the server that issued it.
func (a *App) checkAgainst(against string) error {
	if against == "" {
		return problem.Usage("--against is missing").Hint("", "sandbox", "compare", "--against", string(wire.SegmentAPI))
	}
	s, err := a.Settings()
	if err != nil {
		return err
	}
	origin, err := wire.ParseOrigin(against)
	if err != nil {
		return problem.Usage("--against: %w", err)
	}
	if _, api := s.Server(); origin != api {
		return problem.Usage("--against: your token belongs to %s, and is not sent to %s", api, origin).
			Hint("shows where that is set", "config", "list")
	}
	return nil
}

// compare runs the cases and prints the report, as far as it came.
func (a *App) compare(ctx context.Context, acc *account.Account, flags compareFlags) error {
	wanted := parity.Wanted{Place: flags.place.place(), WriteTo: flags.writeTo, Scope: wire.Scope(flags.scope)}
	o, err := parity.Options(ctx, acc, wanted, &a.redactor)
	if err != nil {
		return err
	}
	report, err := compare.Run(ctx, o)
	if report.Restored != "" {
		a.Say("Destination %s: %s.", o.Slug, report.Restored)
	}
	if report.Left {
		err = problem.With(problem.ExitFailure, "destination %q: %s", o.Slug, report.Restored).
			Hint("shows it", "dest", "get", o.Source+"/destinations/"+o.Slug)
	}
	if len(report.Cases) == 0 {
		return err
	}
	if printed := a.Print(context.WithoutCancel(ctx), report, func() output.Table { return compareTable(report) }); err == nil {
		err = printed
	}
	a.Say("%d same, %d different, %d not tried.", report.Same, report.Different, report.NotTried)
	if err == nil && report.Different > 0 {
		return problem.Silent(problem.ExitDifferent)
	}
	return err
}

func compareTable(report compare.Report) output.Table {
	t := output.Table{Header: []string{"case", "result", "source", "about"}}
	for _, c := range report.Cases {
		t.Rows = append(t.Rows, []string{c.Name, c.Outcome, c.Source, c.About()})
	}
	return t
}
