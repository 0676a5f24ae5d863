package cmd

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/output"
)

// checkTime bounds each check. It is a little longer than the five seconds after which a keyring is given up, so that it
// is the keyring's own error that is told.
const checkTime = 6 * time.Second

// The statuses of a finding, as -o json promises them.
const (
	statusOK      = "ok"
	statusWarning = "warning"
	statusFailure = "failure"
)

// finding is what one check found; its JSON names are promised. It holds no secret.
type finding struct {
	Check   string `json:"check"`
	Status  string `json:"status"`
	Message string `json:"message"`
	Hint    string `json:"hint"` // what to do; lines, or ""
}

func passed(check, format string, args ...any) finding {
	return finding{Check: check, Status: statusOK, Message: fmt.Sprintf(format, args...)}
}

func warned(check, format string, args ...any) finding {
	return finding{Check: check, Status: statusWarning, Message: fmt.Sprintf(format, args...)}
}

func failed(check, format string, args ...any) finding {
	return finding{Check: check, Status: statusFailure, Message: fmt.Sprintf(format, args...)}
}

// advise returns the finding with a hint.
func (f finding) advise(hint string) finding {
	f.Hint = hint
	return f
}

func newDoctor(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Check this machine, the configuration, the keyring, the network and the token",
		Long: `Doctor prints one line for each thing that segctl depends on: ✓ for what is well, ! for what deserves a
look, ✗ for what stops a command. It exits with 1 if anything is ✗.

It changes nothing: in particular, it refreshes no token. It prints no secret, so its output can be pasted
into a ticket.`,
		Example: "  segctl doctor\n  segctl doctor -o json --jq '.[] | select(.status != \"ok\")'",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			p, err := app.findingsPrinter()
			if err != nil {
				return err
			}
			found := app.diagnose(ctx)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err := printFindings(ctx, p, found); err != nil {
				return err
			}
			for _, f := range found {
				if f.Status == statusFailure {
					return &statusError{Code: exitFailure}
				}
			}
			return nil
		},
	}
}

// diagnose makes all the checks: those that depend on nothing side by side, then the token's, which needs the store and
// the network.
func (a *App) diagnose(ctx context.Context) []finding {
	found := []finding{a.checkVersion()}
	s, err := a.load()
	if err != nil {
		return append(found, a.explained("configuration", err))
	}
	found = append(found, checkConfiguration(s)...)
	var (
		store vaultState
		api   hostState
	)
	checks := []func(context.Context) []finding{
		func(ctx context.Context) []finding { return []finding{checkRedirectPort(ctx, s)} },
		func(context.Context) []finding { return []finding{a.checkBrowser()} },
		func(ctx context.Context) []finding { return []finding{a.checkIDHost(ctx, s).finding} },
		func(ctx context.Context) []finding {
			api = a.checkAPIHost(ctx, s)
			return []finding{api.finding, checkClock(api)}
		},
		func(ctx context.Context) []finding {
			store = a.checkVault(ctx, s)
			return []finding{store.finding, checkSecret(s, store)}
		},
	}
	results := make([][]finding, len(checks))
	var wait sync.WaitGroup
	for i, check := range checks {
		wait.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, checkTime)
			defer cancel()
			results[i] = check(ctx)
		})
	}
	wait.Wait()
	for _, result := range results {
		found = append(found, result...)
	}
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	return append(found, a.checkToken(ctx, s, store, api))
}

// explained is a failure in the words, and with the hints, that a command would have for the error.
func (a *App) explained(check string, err error) finding {
	v := a.judge(err)
	return failed(check, "%s", v.Message).advise(strings.Join(v.Hints, "\n"))
}

// findingsPrinter returns a printer also where the configuration cannot be read: that is one of the findings.
func (a *App) findingsPrinter() (*output.Printer, error) {
	p, err := a.printer()
	if err == nil || a.settings != nil {
		return p, err
	}
	p = &output.Printer{
		Out:      a.Out,
		Format:   output.Format(flagValue(a.running, config.Output)),
		JQ:       a.flags.jq,
		Template: a.flags.template,
		TTY:      isTerminal(a.Out),
	}
	return p, p.Check()
}

// printFindings prints lines to read on a terminal, where a table would cut them, and whatever else was asked for.
func printFindings(ctx context.Context, p *output.Printer, found []finding) error {
	if p.Effective() == output.FormatTable {
		return writeFindings(p, found)
	}
	return p.Print(ctx, found, func() output.Table {
		var t output.Table
		for _, f := range found {
			t.Rows = append(t.Rows, []string{mark(f.Status), f.Check, f.Message, f.Hint})
		}
		return t
	})
}

func writeFindings(p *output.Printer, found []finding) error {
	paint := func(style output.Style, text string) string {
		if !p.Color {
			return text
		}
		return style.Paint(text)
	}
	style := map[string]output.Style{statusOK: output.Green, statusWarning: output.Yellow, statusFailure: output.Red}
	for _, f := range found {
		_, err := fmt.Fprintf(p.Out, "%s %-13s  %s\n", paint(style[f.Status], mark(f.Status)), f.Check, output.Clean(f.Message))
		if err != nil {
			return err
		}
		for hint := range strings.Lines(f.Hint) {
			if _, err := fmt.Fprintf(p.Out, "  %s\n", paint(output.Dim, "hint: "+output.Clean(strings.TrimSpace(hint)))); err != nil {
				return err
			}
		}
	}
	return nil
}

func mark(status string) string {
	switch status {
	case statusOK:
		return "✓"
	case statusWarning:
		return "!"
	}
	return "✗"
}
