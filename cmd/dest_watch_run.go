package cmd

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/segment"
)

// watch watches until it is to end.
func (a *App) watch(c *cobra.Command, f *healthFlags, w *fleet.Watch, args []string) error {
	w.Seen = fleet.NewSeen()
	return a.runWatch(c, f, w, args)
}

// watchOnce looks once, and keeps what it sees for the next time.
func (a *App) watchOnce(c *cobra.Command, f *healthFlags, w *fleet.Watch, args []string) error {
	world, err := a.World()
	if err != nil {
		return err
	}
	if world.Given != "" {
		return problem.Usage("--once keeps what it sees of saved installs, and the token from %s is none's", world.GivenFrom).
			Hint("without the given token (unset SEGCTL_TOKEN), the saved install is used", "installs", "list")
	}
	dirs, err := a.dirs()
	if err != nil {
		return err
	}
	_, api := world.Settings.Server()
	file := fleet.SeenFile{
		Dir: dirs.State, Profile: world.Settings.Profile, API: api, Patience: w.Timeout,
		Waiting: func(holder int) { a.sayWaiting("dest watch --once", holder) },
		Note:    func(text string) { a.Say("note: %s", text) },
	}
	return file.Update(c.Context(), func(seen *fleet.Seen) error {
		if err := seen.KeepSaved(c.Context(), world); err != nil {
			return err
		}
		w.Seen = seen
		return a.runWatch(c, f, w, args)
	})
}

// runWatch carries a watch out. The error has the exit code that the summary has.
func (a *App) runWatch(c *cobra.Command, f *healthFlags, w *fleet.Watch, args []string) error {
	choose, err := f.chooser(a, c, args)
	if err != nil {
		return err
	}
	world, err := a.World()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(c.Context())
	defer cancel(nil)
	p, err := a.newWatchPrinter(ctx, cancel, w)
	if err != nil {
		return err
	}
	w.Run = fleet.Run{
		World: world.Fleet(f.many.limit()), Context: a.problemContext(), Segctl: Version(), Now: a.Now, Task: fleet.CheckTask(),
		Concurrency: f.many.concurrency, Observer: p,
	}
	w.Choose = choose
	w.Note = func(text string) { a.Say("note: %s", text) }
	summary, err := w.Do(ctx)
	switch {
	case p.broken != nil:
		return printable(p.broken)
	case err != nil:
		return err
	case summary.ExitCode != problem.ExitOK:
		return problem.Silent(summary.ExitCode)
	}
	return nil
}

// watchPrinter is the observer of a watch that prints.
type watchPrinter struct {
	app     *App
	ctx     context.Context //nolint:containedctx // bounds jq and templates, as long as the printer lives
	stop    context.CancelCauseFunc
	watch   *fleet.Watch
	printer *output.Printer
	began   bool
	told    bool  // a transition was printed
	broken  error // why an event could not be printed
}

func (a *App) newWatchPrinter(ctx context.Context, stop context.CancelCauseFunc, w *fleet.Watch) (*watchPrinter, error) {
	p, err := a.printer()
	if err == nil {
		err = printable(p.CheckLines())
	}
	return &watchPrinter{app: a, ctx: ctx, stop: stop, watch: w, printer: p}, err
}

// Phase says, before the first round, what is being done: nothing else may be printed for hours.
func (p *watchPrinter) Phase(_ string, targets int) {
	if !p.began && !p.watch.Once {
		p.app.Say("Watching %s, every %s. Ctrl-C ends it.", fleet.CountInWords(targets), p.watch.Interval)
	}
	p.began = true
}

func (p *watchPrinter) Done(bool) {}

// Event prints an event, or what it comes to for a person. Where nobody reads it any more, the watch ends.
func (p *watchPrinter) Event(e fleet.Event) {
	if p.printer.Effective() == output.FormatJSON {
		p.check(p.printer.PrintLine(p.ctx, e))
		return
	}
	switch e := e.(type) {
	case fleet.Transition:
		p.transition(e)
	case fleet.Result:
		p.app.Say("✗ %s: %s", e.Who(), e.Error.Message)
		for _, hint := range e.Error.Hints {
			p.app.Say("hint: %s", hint)
		}
	case fleet.Summary:
		if !p.watch.Once && e.Targets > 0 {
			p.app.Say("%s", e.InWords(false, 0))
		}
	}
}

func (p *watchPrinter) check(err error) {
	if err != nil && p.broken == nil {
		p.broken = err
		p.stop(err)
	}
}

func watchHeader() []string {
	return []string{"time", "install", "label", "on", "destination", "from", "to", "detail"}
}

// transition prints a change of a health: on a terminal a line for people, elsewhere columns.
func (p *watchPrinter) transition(e fleet.Transition) {
	slug := segment.IDOf(e.Destination)
	if p.printer.Effective() != output.FormatTable || len(p.printer.Columns) > 0 {
		row := []string{formatTime(e.Time), e.Install, e.Label, e.Where(), slug, string(e.From), string(e.To), e.Detail}
		p.check(p.printer.PrintRow(watchHeader(), row, !p.told))
		p.told = true
		return
	}
	paint := func(word string) string {
		if p.printer.Color {
			return tintHealth(0, word).Paint(word)
		}
		return word
	}
	words := paint(string(e.To))
	if e.From != "" {
		words = string(e.From) + " → " + words
	}
	if e.Recovered {
		words += ", recovered"
	}
	parts := []string{e.Time.Local().Format("2006-01-02 15:04:05"), e.Install}
	for _, text := range []string{e.Who(), slug} {
		if text != "" && text != e.Install {
			parts = append(parts, secret.Clean(text))
		}
	}
	line := strings.Join(parts, "  ") + "  " + words
	if e.Detail != "" {
		line += "  " + secret.Clean(e.Detail)
	}
	_, err := fmt.Fprintln(p.app.Out, line)
	p.check(err)
}
