package cmd

import (
	"context"
	"fmt"
	"strings"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/doctor"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/secret"
)

// findingView is a finding as -o json prints it; its names are promised.
type findingView struct {
	Check   string        `json:"check"`
	Status  doctor.Status `json:"status"`
	Message string        `json:"message"`
	Hints   []string      `json:"hints"` // commands to paste
}

// findingsPrinter returns a printer also where the configuration cannot be read: that is one of the findings.
func (a *App) findingsPrinter() (*output.Printer, error) {
	p, err := a.printer()
	if err == nil || a.settings != nil {
		return p, err
	}
	p = &output.Printer{
		Out:      a.Out,
		Format:   output.Format(a.bound[config.Output]),
		JQ:       a.flags.jq,
		Template: a.flags.template,
		Columns:  a.flags.columns,
		TTY:      isTerminal(a.Out),
	}
	return p, printable(p.Check())
}

// printFindings prints lines to read on a terminal, where a table would cut them, and whatever else was asked for.
func (a *App) printFindings(ctx context.Context, p *output.Printer, found []doctor.Finding) error {
	views := make([]findingView, len(found))
	for i, f := range found {
		views[i] = findingView{f.Check, f.Status, a.redactor.Redact(f.Message), []string{}}
		for _, hint := range f.Hints {
			views[i].Hints = append(views[i].Hints, a.hint(hint.Comment, hint.Args...))
		}
	}
	if p.Effective() == output.FormatTable && len(p.Columns) == 0 {
		_, err := a.Out.Write([]byte(findingLines(p, views)))
		return err
	}
	return printable(p.Print(ctx, views, func() output.Table { return findingTable(views) }))
}

func findingTable(views []findingView) output.Table {
	t := output.Table{Header: []string{"mark", "check", "message", "hints"}}
	for _, f := range views {
		mark, _ := findingMark(f.Status)
		t.Rows = append(t.Rows, []string{mark, f.Check, f.Message, strings.Join(f.Hints, "; ")})
	}
	return t
}

func findingLines(p *output.Printer, views []findingView) string {
	var b strings.Builder
	paint := func(style output.Style, text string) string {
		if !p.Color {
			return text
		}
		return style.Paint(text)
	}
	for _, f := range views {
		mark, style := findingMark(f.Status)
		fmt.Fprintf(&b, "%s %-13s  %s\n", paint(style, mark), f.Check, secret.Clean(f.Message))
		for _, hint := range f.Hints {
			fmt.Fprintf(&b, "  %s\n", paint(output.Dim, "hint: "+secret.Clean(hint)))
		}
	}
	return b.String()
}

func findingMark(s doctor.Status) (string, output.Style) {
	switch s {
	case doctor.OK:
		return "✓", output.Green
	case doctor.Warning:
		return "!", output.Yellow
	case doctor.Failure:
		return "✗", output.Red
	}
	return "?", output.Dim
}
