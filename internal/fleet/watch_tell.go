package fleet

import (
	"errors"
	"slices"
	"time"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
)

// take tells what is new about a target.
func (r *watching) take(t Target, o outcome) {
	before, watched := r.last[id(t)]
	if !watched {
		return // not any more
	}
	if errors.Is(o.err, install.ErrNotFound) { // removed since the round began
		r.drop(t)
		return
	}
	described := r.state.describe(t, o)
	now := status{health: o.Health}
	if o.Health != "" {
		r.transition(t, o, described)
	}
	if described.Error != nil {
		now.code = described.Error.Code
		// Unreachable is told as a health; what is wrong on this machine is told once as it is.
		if o.Health != destination.Unreachable {
			now.health, now.failed = "", described.Error.Message
			if now.failed != before.failed {
				r.Observer.Event(described)
			}
		}
	}
	r.last[id(t)] = now
	r.Observer.Done(described.Status == Failed)
}

// transition tells a health that is another one than before. One that is ok when it is seen for the first time is not told.
func (r *watching) transition(t Target, o outcome, described Result) {
	before := r.Seen.note(t, o.Health)
	if before == o.Health || before == "" && o.Health == destination.Healthy {
		return
	}
	e := Transition{
		Event: "health", Time: r.now().UTC().Truncate(time.Millisecond), Subject: described.Subject, From: before, To: o.Health,
		Recovered: before != "" && o.Health == destination.Healthy, Detail: o.Detail, Error: described.Error,
	}
	if o.Behind != nil && e.Error == nil {
		c := r.Context.On(t.Card.Name)
		view := problem.Of(o.Behind, c).View(c, r.World.Redactor)
		e.Error = &view
	}
	r.Observer.Event(e)
}

// forget drops what is known of targets that are not watched any more. Between runs with Once, others are kept: they may be
// watched by another command.
func (r *watching) forget() {
	last := make(map[string]status, len(r.targets))
	installs := make(map[string]bool, len(r.targets))
	for _, t := range r.targets {
		last[id(t)] = r.last[id(t)]
		installs[t.Card.Name] = true
	}
	r.last = last
	if !r.Once {
		r.Seen.Keep(func(name string) bool { return installs[name] })
	}
}

// drop ends the watching of a target.
func (r *watching) drop(t Target) {
	delete(r.last, id(t))
	if i := slices.IndexFunc(r.targets, func(other Target) bool { return id(other) == id(t) }); i >= 0 {
		r.targets = slices.Delete(slices.Clone(r.targets), i, i+1)
		if i < r.next {
			r.next--
		}
	}
	r.Seen.Keep(func(name string) bool { return name != t.Card.Name })
}

// all reports whether all targets have a health.
func (r *watching) all(h destination.Health) bool {
	for _, now := range r.last {
		if now.health != h {
			return false
		}
	}
	return len(r.last) > 0
}

// note tells, once, that the targets could not be chosen anew.
func (r *watching) note(err error) {
	text := err.Error()
	if r.Note != nil && text != r.noted {
		r.Note("the installs are those of before, for they cannot be listed: " + text)
	}
	r.noted = text
}

// end counts what is known at the end.
func (r *watching) end(err error) Summary {
	s := r.state
	s.summary.Targets = len(r.last)
	for _, now := range r.last {
		switch {
		case now == status{}: // never looked at
		case now.code != 0:
			s.summary.Failed++
			s.codes[now.code]++
		case now.health == destination.Healthy:
			s.summary.OK++
		default:
			s.summary.Different++
		}
	}
	code := s.exitCode(err)
	switch never := s.summary.Targets - s.summary.OK - s.summary.Different - s.summary.Failed; {
	case err != nil:
	case r.Until != "" && r.all(r.Until):
		code = problem.ExitOK
	case code == problem.ExitOK && (r.Until != "" || never > 0):
		code = problem.ExitDifferent
	}
	return s.endWith(code)
}
