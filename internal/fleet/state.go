package fleet

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/problem"
)

// state counts what became of the targets of a run, and tells its observer. Its methods are called one after another.
type state struct {
	run     *Run
	began   time.Time
	plan    Plan
	summary Summary
	codes   map[int]int // how often each exit code was that of a failure
}

// begin tells the first event.
func (r *Run) begin() *state {
	s := &state{run: r, began: r.now(), plan: Plan{Targets: len(r.Targets), Actions: map[string]int{}}, codes: map[int]int{}}
	s.summary = Summary{Event: "summary", Targets: len(r.Targets)}
	r.Observer.Event(Version{Event: "version", Version: SchemaVersion, Command: strings.Join(r.Context.Command, " "), Segctl: r.Segctl})
	return s
}

func (s *state) phase(name string, targets int) { s.run.Observer.Phase(name, targets) }

// planned reports a target that would be changed.
func (s *state) planned(t Target, o Outcome) {
	s.plan.Changes++
	s.plan.Actions[o.Action]++
	s.run.Observer.Event(Planned{
		Event: "plan", Subject: subject(t, o), Action: o.Action, Changes: changes(o.Changes), Notes: o.Notes,
	})
	s.run.Observer.Done(false)
}

// result reports what became of a target, and counts it.
func (s *state) result(t Target, o outcome) {
	r := s.describe(t, o)
	switch r.Status {
	case OK:
		s.summary.OK++
		s.plan.OK++
	case Changed:
		s.summary.Changed++
	case Different:
		s.summary.Different++
	case Failed:
		s.summary.Failed++
		s.plan.Failed++
		s.codes[r.Error.Code]++
	}
	s.run.Observer.Event(r)
	s.run.Observer.Done(r.Status == Failed)
}

// bad is how many targets are not as they should be so far.
func (s *state) bad() int { return s.summary.Failed + s.summary.Different }

func (s *state) describe(t Target, o outcome) Result {
	r := Result{
		Event: "result", Subject: subject(t, o.Outcome), Status: OK, Action: o.Action, Health: o.Health, Detail: o.Detail,
		Changes: changes(o.Changes), Notes: o.Notes, Resource: o.Resource, Err: o.err, Target: t,
	}
	switch {
	case o.err != nil:
		r.Status = Failed
		c := s.run.Context.On(t.Card.Name)
		view := problem.Of(o.err, c).View(c, s.run.World.Redactor)
		r.Error = &view
	case o.Different:
		r.Status = Different
	case o.Changed:
		r.Status = Changed
	}
	return r
}

// end tells the last event. err is why the run ended early, if it did.
func (s *state) end(err error) Summary { return s.endWith(s.exitCode(err)) }

func (s *state) endWith(exitCode int) Summary {
	s.summary.Left = s.summary.Targets - s.summary.OK - s.summary.Changed - s.summary.Different - s.summary.Failed
	s.summary.Millis = s.run.now().Sub(s.began).Milliseconds()
	s.summary.ExitCode = exitCode
	s.run.Observer.Event(s.summary)
	return s.summary
}

// exitCode is that of one install where all failed for the same reason; else some failing goes before some differing.
func (s *state) exitCode(err error) int {
	switch {
	case errors.Is(err, context.Canceled):
		return problem.ExitInterrupted
	case err != nil:
		return problem.Of(err, s.run.Context).Exit
	case s.summary.Failed > 0 && s.summary.Failed == s.summary.Targets && len(s.codes) == 1:
		for code := range s.codes {
			return code
		}
	case s.summary.Failed > 0:
		return problem.ExitSomeFailed
	case s.summary.Different > 0:
		return problem.ExitDifferent
	}
	return problem.ExitOK
}

func subject(t Target, o Outcome) Subject {
	return Subject{Install: t.Card.Name, Label: t.Card.Label, On: t.Card.Place(), Destination: o.Destination}
}

func changes(all []destination.Difference) []Change {
	var list []Change
	for _, d := range all {
		list = append(list, Change{d.What, d.From, d.To})
	}
	return list
}

func (r *Run) now() time.Time {
	if r.Now != nil {
		return r.Now()
	}
	return time.Now()
}
