package jobs_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// watchRefreshes tells of each refresh that the sandbox answers.
func (r *rig) watchRefreshes() <-chan sandbox.Request {
	seen := make(chan sandbox.Request, 10_000)
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		r.box.Watch(ctx, func(q sandbox.Request) {
			if strings.HasSuffix(q.Path, "/token") && q.Method == http.MethodGet {
				seen <- q
			}
		})
	})
	r.t.Cleanup(func() { cancel(); done.Wait() })
	return seen
}

// TestOneRefreshPerLife has two replicas keep the tokens of some installs alive. None is replaced before it is due, whichever
// replica does it, and no request is refused for an old one.
func TestOneRefreshPerLife(t *testing.T) {
	t.Parallel()
	const life, installs, lives = 12 * time.Second, 6, 3
	r := newRig(t, sandbox.Options{Customers: installs, TokenTTL: life})
	seen := r.watchRefreshes()
	first := r.start(r.options())
	r.start(r.options())
	for n := range installs {
		r.connect(first, r.card(n+1), key())
	}
	last := map[string]time.Time{}
	count := map[string]int{}
	deadline := time.After(patience)
	for total := 0; total < installs*lives; total++ {
		select {
		case q := <-seen:
			// A life is told in whole seconds, and the sandbox tells a second less. A fifth of it is the margin.
			if before, ok := last[q.Path]; ok && q.Time.Sub(before) < (life-2*time.Second)*4/5 {
				t.Errorf("%s was refreshed after %s of %s", q.Path, q.Time.Sub(before), life)
			}
			last[q.Path] = q.Time
			if count[q.Path]++; count[q.Path] > lives {
				total-- // others are still at it
			}
		case <-deadline:
			t.Fatalf("refreshes: %v\n%s", count, r.logged())
		}
	}
	for _, q := range r.box.Requests() {
		if q.Status == 401 {
			t.Errorf("%s %s was refused: the token had expired", q.Method, q.Path)
		}
	}
	var metrics strings.Builder
	first.WriteMetrics(&metrics)
	if !strings.Contains(metrics.String(), "segctl_refreshes_late_total 0\n") {
		t.Errorf("a token was replaced late:\n%s", metrics.String())
	}
}

// TestRefreshedByAnother has a token replaced by somebody else: the job only moves.
func TestRefreshedByAnother(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Options{Customers: 1})
	card := r.card(1)
	r.connect(r.start(r.seldom()), card, key())
	r.next(ledger.DestinationEnabled, card.Name)
	acc, err := r.world.OpenCard(card)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := acc.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := r.box.Counters().Refreshes[card.Name]
	r.wake("refresh")
	if after := r.box.Counters().Refreshes[card.Name]; before != 2 || after != before {
		t.Errorf("%d refreshes became %d", before, after)
	}
}

// TestUninstalled is told once, however often it is seen again, and by whichever job.
func TestUninstalled(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Options{Customers: 1})
	card := r.card(1)
	j := r.start(r.seldom())
	r.connect(j, card, key())
	r.next(ledger.DestinationEnabled, card.Name)
	if _, err := r.box.Act(sandbox.Act{Verb: "uninstall", Install: card.Name}); err != nil {
		t.Fatal(err)
	}
	r.wake("check")
	e := r.next(ledger.InstallLost, card.Name)
	if e.Data.Customer == "" || e.Data.Detail == "" {
		t.Errorf("the event does not say who was lost: %+v", e.Data)
	}
	if err := r.store.Update(t.Context(), card.Name, func(old *install.Install) (*install.Install, error) {
		old.ExpiresAt = time.Now() // else it is not due
		return old, nil
	}); err != nil {
		t.Fatal(err)
	}
	r.wake("check")
	r.wake("refresh")
	if got, want := r.events(card.Name), "destination.enabled install.lost"; got != want {
		t.Errorf("events %s, want %s", got, want)
	}
	c, err := r.ledger.Connection(t.Context(), r.pool(), card.Name, false)
	if err != nil || !c.Lost || c.Health != "no_access" {
		t.Errorf("connection %+v, %v", c, err)
	}
	if n := r.count("kind IN ('check', 'refresh') AND state = 'scheduled'"); n != 2 {
		t.Errorf("%d jobs go on caring for it, want 2", n)
	}
}

// TestRemoved ends the jobs of an install that was removed.
func TestRemoved(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Options{Customers: 1})
	card := r.card(1)
	r.connect(r.start(r.seldom()), card, key())
	r.next(ledger.DestinationEnabled, card.Name)
	if err := r.store.Update(t.Context(), card.Name, func(*install.Install) (*install.Install, error) { return nil, nil }); err != nil {
		t.Fatal(err)
	}
	r.wake("refresh")
	r.wake("check")
	if n := r.count("args->>'install' = $1 AND state <> 'completed'", card.Name); n != 0 {
		t.Errorf("%d jobs are left", n)
	}
	if got := r.events(card.Name); got != "destination.enabled" {
		t.Errorf("events %s", got)
	}
}
