package fleet

import (
	"context"
	"errors"
	"time"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
)

// Run is one thing that is done to many installs.
type Run struct {
	World   *account.World
	Context problem.Context // of the command, for hints
	Segctl  string          // version of the program, for the first event
	Targets []Target
	Task    Task

	Concurrency int   // how many targets are worked on at once; 0 means 16
	DryRun      bool  // end after the plan
	Canary      int   // how many are changed and checked before the others; 0 is none
	MaxChanges  Share // a plan that changes more is refused; zero is no bound
	// Confirm is asked before anything is changed, where there is a plan that changes something. nil asks nobody.
	Confirm func(ctx context.Context, p Plan) error

	Observer Observer
	Now      func() time.Time // nil: time.Now
}

// Plan is what a run would do, in numbers. OK, Changes and Failed add up to Targets unless the run was interrupted.
type Plan struct {
	Targets int
	OK      int            // as wanted already
	Failed  int            // could not be looked at
	Changes int            // would be changed
	Actions map[string]int // how often each action would be done
}

// DefaultConcurrency is how many targets are worked on at once where nothing is said.
const DefaultConcurrency = 16

// Do carries the run out. The summary is true whatever the error is, which is: that of Confirm, a *problem.Error where the
// plan is too large or the canaries are not well, or the context's. Targets that failed are no error: the summary has them,
// and its exit code says so.
func (r *Run) Do(ctx context.Context) (Summary, error) {
	s := r.begin()
	err := r.do(ctx, s)
	if err == nil {
		err = ctx.Err()
	}
	return s.end(err), err
}

func (r *Run) do(ctx context.Context, s *state) error {
	targets := r.Targets
	if r.Task.Plan != nil {
		targets = r.plan(ctx, s)
		if ctx.Err() != nil || r.DryRun || len(targets) == 0 {
			return ctx.Err()
		}
		if err := r.allowed(s.plan); err != nil {
			return err
		}
		if r.Confirm != nil {
			if err := r.Confirm(ctx, s.plan); err != nil {
				return err
			}
		}
		if n := min(r.Canary, len(targets)); n > 0 {
			if err := r.canaries(ctx, s, targets[:n]); err != nil {
				return err
			}
			targets = targets[n:]
		}
	}
	r.work(ctx, s, "working", targets, r.Task.Do)
	return nil
}

// outcome is an Outcome, or why there is none.
type outcome struct {
	Outcome
	err error
}

// step opens the account of a target and does something to it. A token that was renewed on the way and could not be saved
// is a failure, although the work was done.
func (r *Run) step(do Step) func(ctx context.Context, t Target) outcome {
	return func(ctx context.Context, t Target) outcome {
		if t.Err != nil {
			return outcome{err: t.Err}
		}
		if r.Task.Local {
			o, err := do(ctx, nil, t)
			return outcome{o, err}
		}
		acc, err := open(ctx, r.World, t.Card)
		if err != nil {
			return outcome{err: err}
		}
		o, err := do(ctx, acc, t)
		if unsaved := acc.Unsaved(); unsaved != nil {
			err = errors.Join(unsaved, err)
		}
		return outcome{o, err}
	}
}

// open opens a saved install or, for a card without a name, the token that was given for this run.
func open(ctx context.Context, w *account.World, card install.Card) (*account.Account, error) {
	if card.Name == "" {
		return w.Open(ctx, install.Selector{})
	}
	return w.OpenCard(card)
}

// plan returns the targets that would be changed, in their order, and reports the others.
func (r *Run) plan(ctx context.Context, s *state) []Target {
	indexes := make([]int, len(r.Targets))
	for i := range indexes {
		indexes[i] = i
	}
	look := r.step(r.Task.Plan)
	would := make([]bool, len(r.Targets))
	s.phase("planning", len(r.Targets))
	each(ctx, indexes, r.concurrency(), func(ctx context.Context, i int) outcome { return look(ctx, r.Targets[i]) }, func(i int, o outcome) {
		if o.err != nil || !o.Changed {
			s.result(r.Targets[i], o)
			return
		}
		s.planned(r.Targets[i], o.Outcome)
		would[i] = true
	})
	var planned []Target
	for i, t := range r.Targets {
		if would[i] {
			planned = append(planned, t)
		}
	}
	return planned
}

// allowed refuses a plan that is larger than it may be.
func (r *Run) allowed(p Plan) error {
	if most, ok := r.MaxChanges.Of(p.Targets); ok && p.Changes > most {
		return problem.With(problem.ExitFailure, "the plan changes %d of %d, and --max-changes allows %d: nothing was changed",
			p.Changes, p.Targets, most).Hint("shows what would change", append(r.Context.Command, "--dry-run")...)
	}
	return nil
}

// canaries changes and checks a few targets, and returns an error unless all of them are well afterwards.
func (r *Run) canaries(ctx context.Context, s *state, targets []Target) error {
	before := s.bad()
	r.work(ctx, s, "canary", targets, r.thenCheck())
	if n := s.bad() - before; n > 0 {
		return problem.With(problem.ExitDifferent, "%d of %d canaries are not ok: the others were left as they are", n, len(targets)).
			Hint("says what is wrong", "dest", "check", "--all")
	}
	return ctx.Err()
}

// thenCheck is Do with the Check after it, whose verdict it takes over.
func (r *Run) thenCheck() Step {
	if r.Task.Check == nil {
		return r.Task.Do
	}
	return func(ctx context.Context, acc *account.Account, t Target) (Outcome, error) {
		done, err := r.Task.Do(ctx, acc, t)
		if err != nil {
			return done, err
		}
		is, err := r.Task.Check(ctx, acc, t)
		done.Health, done.Different = is.Health, done.Different || is.Different
		if is.Detail != "" {
			done.Detail = is.Detail
		}
		return done, err
	}
}

// work does something to targets, and reports what became of each.
func (r *Run) work(ctx context.Context, s *state, phase string, targets []Target, do Step) {
	s.phase(phase, len(targets))
	each(ctx, targets, r.concurrency(), r.step(do), s.result)
}

func (r *Run) concurrency() int {
	if r.Concurrency == 0 {
		return DefaultConcurrency
	}
	return r.Concurrency
}
