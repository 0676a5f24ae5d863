package cmd

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/secret"
)

// fleetView says how the results of a run are shown where events are not asked for.
type fleetView struct {
	header  []string                        // of the rows on standard output; nil: results are told on standard error, as changes are
	rows    func(r fleet.Result) [][]string // of one result
	tint    func(column int, cell string) output.Style
	says    func(r fleet.Result) string // of a result without rows, "" for nothing; nil: its detail
	print   func() error                // prints what is no rows on standard output when all is done; nil: there is nothing
	also    func(e fleet.Event)         // is told each event as well; nil: nobody is
	confirm bool                        // ask for one install, too
}

const (
	// maxTold is up to how many targets what is as wanted is told line by line.
	maxTold = 10
	// maxPlanned is how many planned changes are shown before the question.
	maxPlanned = 20
	// maxHints is how many different hints are given for all failures together.
	maxHints = 3
)

// fleetPrinter is the observer of a run that prints.
type fleetPrinter struct {
	app      *App
	ctx      context.Context //nolint:containedctx // bounds jq and templates of one run, as long as the printer lives
	view     fleetView
	printer  *output.Printer
	progress *output.Progress
	targets  int
	lines    bool // of events, instead of rows
	rows     []fleetRow
	planned  []fleet.Planned
	hints    []string
	failed   error // of the last failure
	broken   error // why an event could not be printed
}

// fleetRow is a row about one install.
type fleetRow struct {
	install string
	cells   []string
}

func (a *App) newFleetPrinter(ctx context.Context, v fleetView, targets int) (*fleetPrinter, error) {
	p, err := a.printer()
	if err == nil {
		err = printable(p.CheckLines())
	}
	if titles := v.header; err == nil && len(p.Columns) > 0 {
		if titles == nil {
			titles = plannedHeader()
		}
		err = printable(output.CheckColumns(p.Columns, titles))
	}
	if err != nil {
		return nil, err
	}
	return &fleetPrinter{
		app: a, ctx: ctx, view: v, printer: p, targets: targets, lines: p.Effective() == output.FormatJSON, progress: a.newProgress(),
	}, nil
}

func (p *fleetPrinter) Phase(name string, targets int) { p.progress.Phase(name, targets) }

func (p *fleetPrinter) Done(failed bool) { p.progress.Done(failed) }

// Event prints an event, or what it comes to for a person.
func (p *fleetPrinter) Event(e fleet.Event) {
	if p.view.also != nil {
		p.view.also(e)
	}
	if p.lines {
		if err := p.printer.PrintLine(p.ctx, e); err != nil && p.broken == nil {
			p.broken = err
		}
	}
	switch e := e.(type) {
	case fleet.Planned:
		p.planned = append(p.planned, e)
	case fleet.Result:
		p.result(e)
	}
}

// result tells what became of a target.
func (p *fleetPrinter) result(r fleet.Result) {
	if r.Status == fleet.Failed {
		p.failed = r.Err
		for _, hint := range r.Error.Hints {
			if len(p.hints) < maxHints && !slices.Contains(p.hints, hint) {
				p.hints = append(p.hints, hint)
			}
		}
	}
	if p.lines {
		return
	}
	if p.view.header != nil {
		for _, row := range p.view.rows(r) {
			p.rows = append(p.rows, fleetRow{r.Target.Card.Name, row})
		}
		return
	}
	switch {
	case r.Status == fleet.Failed && p.targets > 1:
		p.say("✗ %s: %s", r.Who(), r.Error.Message)
	case r.Status == fleet.Failed, r.Status == fleet.OK && p.targets > maxTold:
	case p.view.says != nil:
		if words := p.view.says(r); words != "" {
			p.say("%s", words)
		}
	case r.Status == fleet.OK:
		p.say("%s.", r.Detail)
	default:
		p.say("✓ %s", r.Detail)
	}
}

// say tells something on standard error, above the bar.
func (p *fleetPrinter) say(format string, args ...any) {
	if !p.app.flags.quiet {
		p.progress.Print(secret.CleanText(fmt.Sprintf(format, args...)))
	}
}

// sayPlan shows what a plan changes, as far as that can be read. A program that reads events has it already.
func (p *fleetPrinter) sayPlan() {
	if p.lines && !p.app.canPrompt() {
		return
	}
	for i, planned := range p.planned {
		if i == maxPlanned {
			p.app.Say("  … and %d more; --dry-run shows all", len(p.planned)-i)
			break
		}
		p.app.Say("  %s", strings.TrimRight(strings.Join([]string{planned.Who(), planned.Action, fleet.ChangesInWords(planned.Changes)}, "  "), " "))
	}
}

func plannedHeader() []string { return []string{"install", "on", "destination", "action", "changes"} }

// plannedRow is the row of a change that is not made yet.
func plannedRow(e fleet.Planned) []string {
	return []string{e.Install, e.Who(), e.Destination, e.Action, fleet.ChangesInWords(e.Changes)}
}

// end prints what is printed when all is done: the rows, in the order of the targets, and what it came to.
func (p *fleetPrinter) end(ctx context.Context, s fleet.Summary, dryRun bool) error {
	switch {
	case p.broken != nil:
		return printable(p.broken)
	case p.lines:
		return nil
	}
	if dryRun && p.view.header == nil {
		err := p.printTable(ctx, output.Table{Header: plannedHeader()}, p.plannedRows())
		if err != nil {
			return err
		}
	}
	if p.view.header != nil {
		if err := p.printTable(ctx, output.Table{Header: p.view.header, Tint: p.view.tint}, p.rows); err != nil {
			return err
		}
	}
	if p.view.print != nil {
		if err := p.view.print(); err != nil {
			return err
		}
	}
	if p.targets > 1 || p.failed == nil {
		p.app.Say("%s", s.InWords(dryRun, len(p.planned)))
	}
	if p.targets > 1 {
		for _, hint := range p.hints {
			p.app.Say("hint: %s", hint)
		}
	}
	return nil
}

func (p *fleetPrinter) plannedRows() []fleetRow {
	rows := make([]fleetRow, len(p.planned))
	for i, planned := range p.planned {
		rows[i] = fleetRow{planned.Install, plannedRow(planned)}
	}
	return rows
}

func (p *fleetPrinter) printTable(ctx context.Context, t output.Table, rows []fleetRow) error {
	slices.SortStableFunc(rows, func(x, y fleetRow) int { return strings.Compare(x.install, y.install) })
	for _, row := range rows {
		t.Rows = append(t.Rows, row.cells)
	}
	return printable(p.printer.Print(ctx, nil, func() output.Table { return t }))
}
