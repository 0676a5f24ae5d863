package cmd

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/segment"
)

// healthWords is the part of a help text that says what the words mean, and what to do.
const healthWords = `  ok             it is there, enabled, and has the settings that it needs
  disabled       the customer switched it off, or a filter drops every event: segctl dest enable, or ask
  changed        not as the file says: segctl dest diff shows it, segctl dest apply mends it
  invalid        settings that the catalog requires are not set: segctl dest update --set
  missing        the destination was deleted: segctl dest enable creates it again
  no_access      the App was uninstalled, or its scope taken back: the customer has to install it again
  unrefreshable  Segment refuses the client id or client secret: segctl config list
  unreachable    no answer, or Segment's own trouble: nothing is known; segctl doctor

Where several of them hold, it is the one that is to be seen to first: the lower one, but disabled before changed.
Whoever may not read filters, as with a destination scope, is not told about them.`

// healthReport is what a check leaves behind beside its rows: annotations, a JUnit report, and hints.
type healthReport struct {
	app         *App
	files       []string // that say what the destinations should be
	annotations bool
	report      *output.Report                      // nil where none is wanted
	unwell      map[destination.Health]fleet.Result // of each health, the first by the install's name
	notes       map[string]int                      // how often each note was given
}

// event takes in an event of the run.
func (h *healthReport) event(e fleet.Event) {
	switch e := e.(type) {
	case fleet.Result:
		h.result(e)
	case fleet.Summary:
		if h.report != nil {
			h.report.Took = time.Duration(e.Millis) * time.Millisecond
		}
	}
}

func (h *healthReport) result(r fleet.Result) {
	for _, note := range r.Notes {
		h.notes[note]++
	}
	word, detail := healthOf(r)
	name := strings.Join(slices.DeleteFunc([]string{r.Install, r.Where(), slugOf(r.Subject, r.Target)}, func(s string) bool { return s == "" }), " ")
	if h.report != nil {
		c := output.Case{Name: h.app.redactor.Redact(name), Class: "dest check"}
		if r.Status != fleet.OK {
			c.Verdict, c.Type, c.Message = output.Failure, word, h.app.redactor.Redact(word+": "+detail)
			if r.Status == fleet.Failed {
				c.Verdict = output.Broken
			}
			c.Text = h.app.redactor.Redact(cmp.Or(r.Label, r.Where()) + ": " + detail + "\n" + changesInWords(r.Changes))
		}
		h.report.Cases = append(h.report.Cases, c)
	}
	if r.Status == fleet.OK {
		return
	}
	if h.annotations {
		line := output.Annotation(h.app.redactor.Redact(name+": "+word), h.app.redactor.Redact(detail))
		fmt.Fprintln(h.app.Err, line)
	}
	if first, ok := h.unwell[r.Health]; !ok || r.Install < first.Install {
		h.unwell[r.Health] = r
	}
}

// say tells the notes, each once, and what to do about each health, the worst first.
func (h *healthReport) say() {
	for _, note := range slices.Sorted(maps.Keys(h.notes)) {
		if n := h.notes[note]; n > 1 {
			note = fmt.Sprintf("%s (on %d installs)", note, n)
		}
		h.app.Say("note: %s", note)
	}
	for _, health := range slices.Backward(destination.Healths()) {
		r, ok := h.unwell[health]
		if !ok {
			continue
		}
		if hint, ok := problem.ForHealth(health, slugOf(r.Subject, r.Target), h.files); ok {
			h.app.Say("hint: %s", secret.Clean(h.app.problemContext().On(r.Install).Render(hint)))
		}
	}
}

// healthRow is the row of a result: install, label, on, destination, health, and what is behind it.
func healthRow(r fleet.Result) [][]string {
	word, detail := healthOf(r)
	return [][]string{{r.Install, r.Label, r.Where(), slugOf(r.Subject, r.Target), word, detail}}
}

// healthOf returns the health of a result and what is behind it; "failed" where something on this machine kept it from
// being found out.
func healthOf(r fleet.Result) (word, detail string) {
	word, detail = string(r.Health), r.Detail
	if r.Error != nil && r.Health != destination.Unreachable {
		word, detail = "failed", r.Error.Message
	}
	return word, detail
}

// slugOf calls a destination by its slug, also where its full name is not known.
func slugOf(s fleet.Subject, t fleet.Target) string {
	return segment.IDOf(cmp.Or(s.Destination, t.Want.Destination, t.Card.Scope.Destination()))
}

// tintHealth colours a word by how bad it is.
func tintHealth(_ int, cell string) output.Style {
	switch destination.Health(cell) {
	case destination.Healthy:
		return output.Green
	case destination.IsDisabled, destination.IsChanged, destination.Unreachable:
		return output.Yellow
	case destination.IsInvalid, destination.IsMissing, destination.NoAccess, destination.Unrefreshable, "failed":
		return output.Red
	}
	return output.Plain
}
