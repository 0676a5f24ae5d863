package cmd

import (
	"context"
	"fmt"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/secret"
)

// Say prints words on standard error, unless --quiet.
func (a *App) Say(format string, args ...any) {
	if !a.flags.quiet {
		fmt.Fprintln(a.Err, secret.CleanText(fmt.Sprintf(format, args...)))
	}
}

// printer returns the printer that -o, --jq, --template and the terminal ask for.
func (a *App) printer() (*output.Printer, error) {
	s, err := a.Settings()
	if err != nil {
		return nil, err
	}
	return a.makePrinter(s), nil
}

func (a *App) makePrinter(s *config.Settings) *output.Printer {
	format := output.Format(s.Get(config.Output))
	if s.Source(config.Output).Layer != config.InFlag && (a.flags.jq != "" || a.flags.template != "" || wantsTable(format, a.flags.columns)) {
		format = output.FormatAuto
	}
	return &output.Printer{
		Out:      a.Out,
		Format:   format,
		JQ:       a.flags.jq,
		Template: a.flags.template,
		Columns:  a.flags.columns,
		TTY:      isTerminal(a.Out),
		Width:    a.width(),
		Color:    output.UseColor(a.Env, isTerminal(a.Out), a.flags.noColor),
	}
}

// wantsTable reports whether columns were chosen of what a setting would print without any: the flag goes before it.
func wantsTable(format output.Format, columns []string) bool {
	return len(columns) > 0 && (format == output.FormatJSON || format == output.FormatYAML)
}

// Print writes a result on standard output; table is asked for its rows only when they are to be printed.
func (a *App) Print(ctx context.Context, value any, table func() output.Table) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	return printable(p.Print(ctx, value, table))
}

// PrintIfAsked is Print for what a change leaves behind, which is printed only where -o, the setting `output`, --jq,
// --template or --columns asks for it: the change itself was told already.
func (a *App) PrintIfAsked(ctx context.Context, value any, table func() output.Table) error {
	asked, err := a.formatIsAsked()
	if err != nil || !asked {
		return err
	}
	return a.Print(ctx, value, table)
}

// printWord prints a word alone on a line, for a shell to use, or, where a format is asked for, the value that it is of.
func (a *App) printWord(ctx context.Context, word string, value any, table func() output.Table) error {
	asked, err := a.formatIsAsked()
	if err != nil {
		return err
	}
	if asked {
		return a.Print(ctx, value, table)
	}
	_, err = fmt.Fprintln(a.Out, word)
	return err
}

// formatIsAsked reports whether -o, the setting `output`, --jq, --template or --columns asks for a format.
func (a *App) formatIsAsked() (bool, error) {
	s, err := a.Settings()
	if err != nil {
		return false, err
	}
	return s.Get(config.Output) != "" || a.flags.jq != "" || a.flags.template != "" || len(a.flags.columns) > 0, nil
}

// printable gives the errors of package output their exit codes: a wrong format or expression is a mistake on the
// command line, while an expression that fails on a result is a failure.
func printable(err error) error {
	usage, ok := output.Explain(err)
	switch {
	case !ok:
		return err
	case usage:
		return problem.Usage("%w", err)
	}
	return problem.With(problem.ExitFailure, "%w: the same command with -o json shows what it works on", err)
}

// width returns the columns of the terminal, 0 where there is none.
func (a *App) width() int {
	f, ok := a.Out.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// isTerminal reports whether a stream is one.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
