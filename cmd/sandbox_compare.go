package cmd

import (
	"context"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox/compare"
	"github.com/segctl/segctl/internal/sandbox/conformance"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// compareFlags are the flags of `segctl sandbox compare`.
type compareFlags struct {
	place                   placeFlags
	against, writeTo, scope string
}

// maxErrorText bounds what a report shows of the text of an error.
const maxErrorText = 200

// comparison is what is printed.
type comparison struct {
	Against wire.Origin `json:"against"`
	Scope   wire.Scope  `json:"scope"`
	compare.Report
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
	o, err := a.compareOptions(ctx, acc, flags)
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
	if err != nil && len(report.Cases) == 0 {
		return err
	}
	origin, _ := wire.ParseOrigin(flags.against) // it was checked
	result := comparison{origin, wire.Scope(o.Scope), report}
	if printed := a.Print(context.WithoutCancel(ctx), result, func() output.Table { return compareTable(report) }); err == nil {
		err = printed
	}
	a.Say("%d same, %d different, %d not tried.", report.Same, report.Different, report.NotTried)
	if err == nil && report.Different > 0 {
		return problem.Silent(problem.ExitDifferent)
	}
	return err
}

// compareOptions finds out which places and whose token are meant.
func (a *App) compareOptions(ctx context.Context, acc *account.Account, flags compareFlags) (compare.Options, error) {
	scope := acc.Scope()
	if flags.scope != "" && !acc.IsSaved() {
		scope = wire.Scope(flags.scope)
	}
	if _, err := wire.ParseScope(string(scope)); err != nil {
		return compare.Options{}, problem.Usage("scope of the token: %w", err).
			Hint("", "sandbox", "compare", "--against", flags.against, "--scope", string(wire.ScopeWorkspace))
	}
	redact := func(text string) string { return secret.Brief(a.redactor.Redact(text), maxErrorText) }
	o := compare.Options{Scope: string(scope), Write: flags.writeTo != "", Redact: redact, Now: a.Now}
	var name segment.Name
	var err error
	if o.Write {
		name, err = acc.Destination(ctx, flags.writeTo, flags.place.place())
	} else {
		name, err = acc.Source(ctx, flags.place.place())
	}
	if err != nil {
		return compare.Options{}, err
	}
	o.Workspace, o.Slug = segment.Name{Workspace: name.Workspace}.String(), name.Destination
	o.Source = segment.Name{Workspace: name.Workspace, Source: name.Source}.String()
	o.Server = askWith(acc)
	return o, nil
}

// askWith sends cases with an account. The first request shows that the token works; from then on a refusal is an answer
// like any other, and no token is renewed for it.
func askWith(acc *account.Account) conformance.Ask {
	works := false
	return func(ctx context.Context, r conformance.Request) (conformance.Answer, error) {
		path, query, _ := strings.Cut(r.Path, "?")
		values, err := url.ParseQuery(query)
		if err != nil {
			return conformance.Answer{}, err
		}
		if works {
			ctx = segment.KeepToken(ctx)
		}
		resp, err := acc.API().Do(ctx, &segment.Request{Method: r.Method, Path: path, Query: values, Body: r.Body})
		if resp == nil || !works && segment.HasReason(err, segment.Unauthenticated) {
			return conformance.Answer{}, err
		}
		works = true
		return conformance.Answer{Status: resp.StatusCode, Header: resp.Header, Body: resp.Body}, nil
	}
}

func compareTable(report compare.Report) output.Table {
	t := output.Table{Header: []string{"case", "result", "source", "about"}}
	for _, c := range report.Cases {
		about := c.Why
		if about == "" {
			words := make([]string, len(c.Differences))
			for i, d := range c.Differences {
				words[i] = d.String()
			}
			about = strings.Join(words, "; ")
		}
		t.Rows = append(t.Rows, []string{c.Name, c.Outcome, c.Source, about})
	}
	return t
}
