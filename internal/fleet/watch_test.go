package fleet

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/segment"
)

// fakes are installs whose health is what a test says. Time stands still around them (testing/synctest).
type fakes struct {
	mu      sync.Mutex
	began   time.Time
	saved   []string
	health  map[string]destination.Health
	err     map[string]error
	takes   map[string]time.Duration
	checks  []string // "installs/1 at 10s"
	at      map[string]int
	most    int // how often one install was looked at at once
	running int
	peak    int
}

func newFakes(names ...string) *fakes {
	f := &fakes{began: time.Now(), saved: names, health: map[string]destination.Health{}, err: map[string]error{}, takes: map[string]time.Duration{}, at: map[string]int{}}
	for _, name := range names {
		f.health[name] = destination.Healthy
	}
	return f
}

func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("installs/%d", i+1)
	}
	return names
}

func (f *fakes) targets(context.Context) ([]Target, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var cards []install.Card
	for _, name := range f.saved {
		cards = append(cards, install.Card{Name: name, Scope: "destination/clearbrain", Sources: []string{"workspaces/w/sources/s"}})
	}
	return Targets(cards, destination.Wanted{}), nil
}

func (f *fakes) check(ctx context.Context, _ *account.Account, t Target) (Outcome, error) {
	name := t.Card.Name
	f.mu.Lock()
	f.checks = append(f.checks, name+" at "+time.Since(f.began).String())
	f.at[name]++
	f.running++
	f.most, f.peak = max(f.most, f.at[name]), max(f.peak, f.running)
	takes := f.takes[name]
	f.mu.Unlock()
	if takes > 0 {
		select {
		case <-time.After(takes):
		case <-ctx.Done():
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at[name]--
	f.running--
	h, err := f.health[name], f.err[name]
	o := Outcome{Health: h, Detail: string(h) + "!", Different: h != destination.Healthy}
	if h == destination.Unreachable {
		return o, &segment.NetworkError{Host: "example", Err: errors.New("reset")}
	}
	if h == destination.NoAccess {
		o.Behind = &segment.Error{Reason: segment.NotFound, StatusCode: 404, Path: name + "/token"}
	}
	return o, err
}

// set changes what a test finds, at a time after the beginning.
func (f *fakes) set(at time.Duration, change func()) {
	time.AfterFunc(at-time.Since(f.began), func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		change()
	})
}

// watch runs a watch over the fakes to its end.
func (f *fakes) watch(ctx context.Context, w Watch) (*told, Summary, error) {
	events := &told{began: f.began}
	w.Run = Run{World: &account.World{Redactor: new(secret.Redactor)}, Concurrency: w.Concurrency, Task: Task{Do: f.check, Local: true}, Observer: events}
	if w.Choose == nil {
		w.Choose = f.targets
	}
	if w.Seen == nil {
		w.Seen = NewSeen()
	}
	s, err := w.Do(ctx)
	return events, s, err
}

// told keeps the events of a run.
type told struct {
	began time.Time
	all   []Event
	lines []string // of transitions and failures
}

func (t *told) Phase(string, int) {}
func (t *told) Done(bool)         {}
func (t *told) Event(e Event) {
	t.all = append(t.all, e)
	at := time.Since(t.began)
	switch e := e.(type) {
	case Transition:
		line := fmt.Sprintf("%s %s %s→%s", at, e.Install, e.From, e.To)
		if e.Recovered {
			line += " recovered"
		}
		if e.Error != nil {
			line += fmt.Sprintf(" (%d)", e.Error.Code)
		}
		t.lines = append(t.lines, line)
	case Result:
		t.lines = append(t.lines, fmt.Sprintf("%s %s failed: %s", at, e.Install, e.Error.Message))
	}
}

func wantLines(t *testing.T, got *told, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got.lines); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

func TestWatchTellsTransitions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFakes(numbered(2)...)
		f.health["installs/2"] = destination.IsDisabled
		f.set(35*time.Second, func() { f.health["installs/1"] = destination.NoAccess })
		f.set(65*time.Second, func() { f.health["installs/1"] = destination.Unreachable })
		f.set(95*time.Second, func() {
			f.health["installs/1"], f.health["installs/2"] = destination.Healthy, destination.Healthy
		})
		got, s, err := f.watch(t.Context(), Watch{Until: destination.Healthy})
		wantLines(
			t, got,
			"100ms installs/2 →disabled",
			"1m0s installs/1 ok→no_access (3)",
			"1m30s installs/1 no_access→unreachable (8)",
			"1m45s installs/2 disabled→ok recovered",
			"2m0s installs/1 unreachable→ok recovered",
		)
		if err != nil || s.ExitCode != 0 || s.OK != 2 || s.Targets != 2 {
			t.Errorf("%+v, %v", s, err)
		}
		if _, ok := got.all[0].(Version); !ok {
			t.Errorf("the first event is a %T", got.all[0])
		}
		if _, ok := got.all[len(got.all)-1].(Summary); !ok {
			t.Error("the last event is no summary")
		}
	})
}

// TestWatchSpreadsRequests wants no two installs of a round at once, and none more often than once in an interval.
func TestWatchSpreadsRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFakes(numbered(3)...)
		_, s, err := f.watch(t.Context(), Watch{Interval: 30 * time.Second, Timeout: 65 * time.Second})
		want := []string{
			"installs/1 at 0s", "installs/2 at 100ms", "installs/3 at 200ms",
			"installs/1 at 30s", "installs/2 at 40s", "installs/3 at 50s", "installs/1 at 1m0s",
		}
		if diff := cmp.Diff(want, f.checks); diff != "" {
			t.Errorf("checks (-want +got):\n%s", diff)
		}
		if err != nil || s.ExitCode != 0 {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

// TestWatchPilesNothingUp has installs that answer slower than they are asked for.
func TestWatchPilesNothingUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFakes(numbered(8)...)
		for _, name := range f.saved {
			f.takes[name] = 25 * time.Second
		}
		goroutines := runtime.NumGoroutine()
		w := Watch{Interval: 10 * time.Second, Timeout: time.Hour}
		w.Concurrency = 4
		f.set(59*time.Minute, func() {
			if n := runtime.NumGoroutine() - goroutines; n > 40 {
				t.Errorf("%d goroutines after an hour", n)
			}
		})
		_, _, err := f.watch(t.Context(), w)
		if err != nil || f.most != 1 || f.peak != 4 {
			t.Errorf("%v; one install was looked at %d times at once, and %d at once in all", err, f.most, f.peak)
		}
		counts := map[string]int{}
		for _, line := range f.checks {
			var name string
			_, _ = fmt.Sscan(line, &name)
			counts[name]++
		}
		for name, n := range counts { // 4 at once for an hour, each 25 s, over 8 installs
			if n < 70 || n > 73 {
				t.Errorf("%s was looked at %d times", name, n)
			}
		}
	})
}

// TestWatchLooksOnceAtATime has one install that answers slower than it is asked for, and others that do not wait for it.
func TestWatchLooksOnceAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFakes(numbered(2)...)
		f.takes["installs/1"] = 25 * time.Second
		_, _, err := f.watch(t.Context(), Watch{Interval: 10 * time.Second, Timeout: 44 * time.Second})
		want := []string{
			"installs/1 at 0s", "installs/2 at 100ms", "installs/2 at 15s", "installs/2 at 25s", "installs/1 at 30s", "installs/2 at 35s",
		}
		if diff := cmp.Diff(want, f.checks); diff != "" || f.most != 1 || err != nil {
			t.Errorf("%d at once, %v; checks (-want +got):\n%s", f.most, err, diff)
		}
	})
}

// TestWatchIsNoBurstAfterADelay holds all installs up once; they are not asked in one burst to make up for it.
func TestWatchIsNoBurstAfterADelay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFakes(numbered(10)...)
		w := Watch{Interval: 10 * time.Second, Timeout: 29 * time.Second}
		w.Concurrency = 1
		f.takes["installs/2"] = 5 * time.Second
		f.set(9*time.Second, func() { delete(f.takes, "installs/2") })
		f.set(10500*time.Millisecond, func() { f.takes["installs/3"] = 6 * time.Second })
		f.set(13*time.Second, func() { delete(f.takes, "installs/3") })
		_, _, err := f.watch(t.Context(), w)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.Index(f.checks, "installs/4 at 18s")
		if i < 0 || f.checks[i+2] != "installs/6 at 18.9s" || f.checks[i+3] != "installs/7 at 19.9s" {
			t.Errorf("checks %q", f.checks)
		}
	})
}

func TestWatchFollowsTheInstalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFakes("installs/1", "installs/2")
		f.health["installs/1"] = destination.IsMissing
		seen := NewSeen()
		f.set(5*time.Second, func() {
			f.saved = []string{"installs/2", "installs/3"}
			f.health["installs/3"] = destination.IsDisabled
		})
		got, s, err := f.watch(t.Context(), Watch{Timeout: 55 * time.Second, Seen: seen})
		wantLines(t, got, "0s installs/1 →missing", "45s installs/3 →disabled")
		if err != nil || s.Targets != 2 || s.Different != 1 || s.OK != 1 || s.ExitCode != problem.ExitDifferent {
			t.Errorf("%+v, %v", s, err)
		}
		if seen.healths["installs/1"] != nil || len(seen.healths) != 2 {
			t.Errorf("still seen: %v", seen.healths)
		}
	})
}

// TestWatchDropsWhatIsRemoved has an install removed between the beginning of a round and its turn.
func TestWatchDropsWhatIsRemoved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFakes(numbered(2)...)
		f.err["installs/1"] = fmt.Errorf("install: %w", install.ErrNotFound)
		f.health["installs/1"] = ""
		got, s, err := f.watch(t.Context(), Watch{Until: destination.Healthy})
		wantLines(t, got)
		if err != nil || s.Targets != 1 || s.ExitCode != 0 {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

// TestWatchGoesOnWithoutTheStore cannot list the installs for a while.
func TestWatchGoesOnWithoutTheStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFakes(numbered(1)...)
		var notes []string
		f.set(95*time.Second, func() { f.health["installs/1"] = destination.IsDisabled })
		choose := func(ctx context.Context) ([]Target, error) {
			if at := time.Since(f.began); at > 10*time.Second && at < 100*time.Second {
				return nil, errors.New("the keyring is locked")
			}
			return f.targets(ctx)
		}
		got, _, err := f.watch(t.Context(), Watch{Choose: choose, Timeout: 140 * time.Second, Note: func(text string) { notes = append(notes, text) }})
		wantLines(t, got, "2m0s installs/1 ok→disabled")
		if err != nil || len(notes) != 1 {
			t.Errorf("%v, notes %q", err, notes)
		}
		broken := errors.New("broken")
		_, s, err := f.watch(t.Context(), Watch{Choose: func(context.Context) ([]Target, error) { return nil, broken }})
		if !errors.Is(err, broken) || s.ExitCode != problem.ExitFailure {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

// TestWatchTellsFailuresOnce is about what is wrong on this machine: it is no health.
func TestWatchTellsFailuresOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFakes(numbered(1)...)
		f.health["installs/1"], f.err["installs/1"] = "", errors.New("the disk is on fire")
		f.set(100*time.Second, func() { f.health["installs/1"], f.err["installs/1"] = destination.Healthy, nil })
		f.set(200*time.Second, func() { f.health["installs/1"], f.err["installs/1"] = "", errors.New("the disk is on fire") })
		got, s, err := f.watch(t.Context(), Watch{Timeout: 300 * time.Second})
		wantLines(t, got, "0s installs/1 failed: the disk is on fire", "3m30s installs/1 failed: the disk is on fire")
		if err != nil || s.Failed != 1 || s.ExitCode != problem.ExitFailure {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

// TestWatchEnds has the exit codes.
func TestWatchEnds(t *testing.T) {
	t.Parallel()
	type set = map[string]destination.Health
	for name, test := range map[string]struct {
		healths set
		watch   Watch
		want    int
	}{
		"once, all ok":                    {set{"a": "ok", "b": "ok"}, Watch{Once: true}, 0},
		"once, one is disabled":           {set{"a": "ok", "b": "disabled"}, Watch{Once: true}, problem.ExitDifferent},
		"once, none is reached":           {set{"a": "unreachable", "b": "unreachable"}, Watch{Once: true}, problem.ExitNetwork},
		"once, one is not reached":        {set{"a": "ok", "b": "unreachable"}, Watch{Once: true}, problem.ExitSomeFailed},
		"until ok":                        {set{"a": "ok", "b": "ok"}, Watch{Until: "ok"}, 0},
		"until ok, in vain":               {set{"a": "ok", "b": "missing"}, Watch{Until: "ok", Timeout: time.Minute}, problem.ExitDifferent},
		"until ok, not reached":           {set{"a": "unreachable", "b": "unreachable"}, Watch{Until: "ok", Timeout: time.Minute}, problem.ExitNetwork},
		"until no_access":                 {set{"a": "no_access", "b": "no_access"}, Watch{Until: "no_access"}, 0},
		"until no_access, all are ok":     {set{"a": "ok", "b": "ok"}, Watch{Until: "no_access", Timeout: time.Minute}, problem.ExitDifferent},
		"the time is up, and all are ok":  {set{"a": "ok"}, Watch{Timeout: time.Minute}, 0},
		"the time is up before the first": {set{"slow": "ok"}, Watch{Timeout: time.Second}, problem.ExitDifferent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newFakes()
				for name, h := range test.healths {
					f.saved = append(f.saved, "installs/"+name)
					f.health["installs/"+name] = h
				}
				f.takes["installs/slow"] = 3 * time.Second
				w := test.watch
				_, s, err := f.watch(t.Context(), w)
				if err != nil || s.ExitCode != test.want {
					t.Errorf("%+v, %v; want exit %d", s, err, test.want)
				}
			})
		})
	}
}

// TestWatchIsInterrupted while one install answers soon and another never does.
func TestWatchIsInterrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFakes(numbered(2)...)
		f.takes["installs/1"], f.takes["installs/2"] = 3*time.Second, time.Hour
		ctx, cancel := context.WithCancel(t.Context())
		f.set(2*time.Second, cancel)
		_, s, err := f.watch(ctx, Watch{})
		if !errors.Is(err, context.Canceled) || s.ExitCode != problem.ExitInterrupted {
			t.Errorf("%+v, %v", s, err)
		}
		if took := time.Since(f.began); took != 7*time.Second || f.running != 0 {
			t.Errorf("it ended after %s with %d at work", took, f.running)
		}
	})
}

// TestWatchOnce tells what is new since the run before, as cron wants it.
func TestWatchOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFakes(numbered(3)...)
		seen := NewSeen()
		once := func() []string {
			got, _, err := f.watch(t.Context(), Watch{Once: true, Seen: seen})
			if err != nil {
				t.Fatal(err)
			}
			for i, line := range got.lines {
				_, got.lines[i], _ = cut(line)
			}
			return got.lines
		}
		f.health["installs/2"] = destination.IsDisabled
		for _, want := range [][]string{{"installs/2 →disabled"}, nil} {
			if diff := cmp.Diff(want, once()); diff != "" {
				t.Error(diff)
			}
		}
		f.health["installs/1"], f.health["installs/2"] = destination.IsMissing, destination.Healthy
		got := once()
		slices.Sort(got)
		if diff := cmp.Diff([]string{"installs/1 ok→missing", "installs/2 disabled→ok recovered"}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func cut(line string) (before, after string, ok bool) {
	var at string
	if _, err := fmt.Sscan(line, &at); err != nil {
		return "", line, false
	}
	return at, line[len(at)+1:], true
}
