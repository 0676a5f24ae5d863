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
)

// healthWords is the part of a help text that says what the words mean, and what to do.
func healthWords() string { return strings.TrimSuffix(helpHealth, "\n") }

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
	word, detail := r.HealthInWords()
	name := strings.Join(slices.DeleteFunc([]string{r.Install, r.Where(), r.Slug()}, func(s string) bool { return s == "" }), " ")
	if h.report != nil {
		c := output.Case{Name: h.app.redactor.Redact(name), Class: "dest check"}
		if r.Status != fleet.OK {
			c.Verdict, c.Type, c.Message = output.Failure, word, h.app.redactor.Redact(word+": "+detail)
			if r.Status == fleet.Failed {
				c.Verdict = output.Broken
			}
			c.Text = h.app.redactor.Redact(cmp.Or(r.Label, r.Where()) + ": " + detail + "\n" + fleet.ChangesInWords(r.Changes))
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
		if hint, ok := problem.ForHealth(health, r.Slug(), h.files); ok {
			h.app.Say("hint: %s", secret.Clean(h.app.problemContext().On(r.Install).Render(hint)))
		}
	}
}

// healthRow is the row of a result: install, label, on, destination, health, and what is behind it.
func healthRow(r fleet.Result) [][]string {
	word, detail := r.HealthInWords()
	return [][]string{{r.Install, r.Label, r.Where(), r.Slug(), word, detail}}
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
