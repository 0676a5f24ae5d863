package fleet

import (
	"context"
	"time"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/problem"
)

// Watch looks at targets again and again, and tells each change of a health.
//
// Its rounds take an interval each, and the targets of a round are begun evenly over it. None is looked at twice at once,
// and nothing piles up: where the targets take longer than the interval, or the rate limits allow less, rounds take longer.
type Watch struct {
	// Run has the World of a fleet, the Context, the Observer and how much is done at once. Its Task.Do tells the health.
	Run

	// Choose returns what is watched. It is called before each round, so that new installs are watched and others no longer.
	// Where it fails later than at first, the targets stay the same, and Note is told.
	Choose   func(ctx context.Context) ([]Target, error)
	Interval time.Duration      // 0 is DefaultInterval
	Once     bool               // one round, as fast as possible
	Until    destination.Health // end as soon as all targets have it; "" goes on
	Timeout  time.Duration      // end after that long; 0 goes on
	Seen     *Seen              // what was seen before; it is changed
	Note     func(text string)  // nil: nobody is told
}

// DefaultInterval is how often a target is looked at where nothing is said.
const DefaultInterval = 30 * time.Second

const (
	// firstPace is the longest time between two targets of the first round: nobody wants to wait for that.
	firstPace = 100 * time.Millisecond
	// catchUp is how much delay is made up for, by looking at targets faster: timers are late by a little. More than that
	// would be a burst of requests after each pause.
	catchUp = 100 * time.Millisecond
	// finishing is how long checks go on after the end: one may be getting a new token.
	finishing = 5 * time.Second
)

// watching is a Watch at work. All of it is used by one goroutine.
type watching struct {
	*Watch
	state   *state
	round   *Run              // as it is in the present round: it is shared with what is going on, and not changed
	targets []Target          // of the present round
	last    map[string]status // of each target, by its id
	busy    map[string]bool   // targets that are being looked at
	done    chan checked

	next   int           // target that is begun next
	due    time.Time     // when
	pace   time.Duration // between two of them
	began  time.Time     // of the round
	rounds int
	noted  string // why the targets could not be chosen anew, as it was told
}

// status is what is known of a target.
type status struct {
	health destination.Health // "" where it could not be found out
	code   int                // exit code of a failure
	failed string             // why it could not be looked at, as it was told
}

type checked struct {
	target  Target
	outcome outcome
}

// Do watches until all targets are as they should, the time is up, ctx ends, or, with Once, all were looked at. The error
// is that of Choose at first, a *problem.Error where it chooses nothing any more, or the context's. In the summary, targets that were never looked at are left; the exit code is
// that of a check, but for targets that are as they should: then it is 0, and until they are, it is not.
func (w *Watch) Do(ctx context.Context) (Summary, error) {
	r := &watching{
		Watch: w, state: w.begin(), last: map[string]status{}, busy: map[string]bool{}, done: make(chan checked),
	}
	err := r.watch(ctx)
	if err == nil {
		err = ctx.Err()
	}
	return r.end(err), err
}

func (r *watching) watch(ctx context.Context) error {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer r.finish(cancel)
	var timeUp <-chan time.Time
	if r.Timeout > 0 {
		timer := time.NewTimer(r.Timeout)
		defer timer.Stop()
		timeUp = timer.C
	}
	for {
		if err := r.beginDue(ctx, work); err != nil {
			return err
		}
		if r.isOver() {
			return nil
		}
		var wake <-chan time.Time
		var timer *time.Timer
		if wait, ok := r.wait(); ok {
			timer = time.NewTimer(wait)
			wake = timer.C
		}
		timeIsUp := false
		select {
		case <-ctx.Done():
		case <-timeUp:
			timeIsUp = true
		case c := <-r.done:
			delete(r.busy, id(c.target))
			r.take(c.target, c.outcome)
		case <-wake:
		}
		if timer != nil {
			timer.Stop()
		}
		if timeIsUp || ctx.Err() != nil || r.Until != "" && r.all(r.Until) {
			return ctx.Err()
		}
	}
}

// beginDue begins the targets that are due, as many as may be looked at at once, and the next round where this one is over.
func (r *watching) beginDue(ctx, work context.Context) error {
	for ctx.Err() == nil {
		now := time.Now()
		if r.next == len(r.targets) && (r.rounds == 0 || !r.Once) && !now.Before(r.began.Add(r.interval())) {
			if err := r.beginRound(ctx, now); err != nil {
				return err
			}
		}
		if r.next == len(r.targets) || len(r.busy) >= r.concurrency() || now.Before(r.due) {
			return nil
		}
		t := r.targets[r.next]
		r.next++
		if r.due = r.due.Add(r.pace); now.Sub(r.due) > catchUp {
			r.due = now.Add(-catchUp)
		}
		if !r.busy[id(t)] {
			r.busy[id(t)] = true
			do := r.round.step(r.Task.Do)
			go func() { r.done <- checked{t, do(work, t)} }()
		}
	}
	return nil
}

// beginRound finds out what is watched, and forgets what is not any more.
func (r *watching) beginRound(ctx context.Context, now time.Time) error {
	targets, err := r.Choose(ctx)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && r.rounds == 0:
		return err
	case err != nil:
		r.note(err)
	case len(targets) == 0:
		return problem.With(problem.ExitSignIn, "none of the installs is saved here any more").Hint("those that are", "installs", "list")
	default:
		r.targets, r.noted = targets, ""
		r.forget()
	}
	round := r.Run
	if r.rounds > 0 {
		round.World = round.World.Anew()
	}
	r.round = &round
	r.rounds++
	r.next, r.began, r.due = 0, now, now
	r.pace = r.interval() / time.Duration(max(1, len(r.targets)))
	if r.rounds == 1 {
		r.pace = min(r.pace, firstPace)
	}
	r.Observer.Phase("watching", len(r.targets))
	return nil
}

// interval is none for a single round.
func (r *watching) interval() time.Duration {
	switch {
	case r.Once:
		return 0
	case r.Interval <= 0:
		return DefaultInterval
	}
	return r.Interval
}

// wait returns how long there is nothing to begin, and false where that depends on what is going on.
func (r *watching) wait() (time.Duration, bool) {
	switch {
	case r.next < len(r.targets):
		return time.Until(r.due), len(r.busy) < r.concurrency()
	case r.Once:
		return 0, false
	}
	return time.Until(r.began.Add(r.interval())), true
}

// isOver reports whether the only round is over.
func (r *watching) isOver() bool {
	return r.Once && r.rounds > 0 && r.next == len(r.targets) && len(r.busy) == 0
}

// finish waits for what is going on, and cancels what takes too long.
func (r *watching) finish(cancel context.CancelFunc) {
	late := time.AfterFunc(finishing, cancel)
	defer late.Stop()
	for range len(r.busy) {
		<-r.done
	}
}
