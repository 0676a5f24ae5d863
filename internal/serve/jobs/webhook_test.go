package jobs_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/serve/jobs"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// emit makes an event, and returns it as it is kept.
func (r *rig) emit(j *jobs.Jobs, install string) ledger.Event {
	r.t.Helper()
	r.tx(func(tx pgx.Tx) error {
		return j.Emit(r.t.Context(), tx, ledger.Event{Type: ledger.InstallCreated, Time: time.Now(), Data: ledger.EventData{Install: install}})
	})
	all, err := r.ledger.Events(r.t.Context(), "", 1000)
	if err != nil {
		r.t.Fatal(err)
	}
	return all[len(all)-1]
}

// TestWebhookIsRetried has a receiver that fails three times: each attempt has the same id and a signature that is right, and
// after the fourth there is none.
func TestWebhookIsRetried(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Options{})
	j := r.start(r.seldom())
	refused := 0
	r.hooks.answers(func(w http.ResponseWriter, _ delivery) {
		if refused++; refused <= 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write([]byte("canary-answer-of-the-receiver"))
		}
	})
	e := r.emit(j, "installs/1")
	for attempt := range 4 {
		select {
		case d := <-r.hooks.all:
			if d.header.Get("webhook-id") != e.ID || d.event.Data.Install != "installs/1" || !d.event.Time.Equal(e.Time) {
				t.Errorf("attempt %d: %v %s", attempt, d.header, d.body)
			}
		case <-time.After(patience):
			t.Fatalf("there is no attempt %d", attempt)
		}
		if attempt < 3 { // the next one waits for seconds
			r.until("the attempt is over", func() bool {
				return r.count("kind = 'webhook' AND state IN ('scheduled', 'available') AND metadata ? 'failures'") == 1
			})
			if err := j.Redeliver(t.Context(), e.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	r.until("it is delivered", func() bool { return r.count("kind = 'webhook' AND state = 'completed'") == 1 })
	if n := r.count("kind = 'webhook'"); n != 1 {
		t.Errorf("%d jobs for one event", n)
	}
	if strings.Contains(r.logged(), "canary-answer") {
		t.Errorf("the receiver's answer is in the log:\n%s", r.logged())
	}
	// It can be had once more.
	if err := j.Redeliver(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	if again := r.next(ledger.InstallCreated, ""); again.ID != e.ID {
		t.Errorf("delivered again: %s, want %s", again.ID, e.ID)
	}
	if err := j.Redeliver(t.Context(), "evt_none"); err == nil {
		t.Error("an event that there is not was delivered")
	}
}

// TestWebhookRedirect has a receiver that sends events on to somebody else: nobody else gets one.
func TestWebhookRedirect(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Options{})
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("an event went to another server") }))
	t.Cleanup(other.Close)
	r.hooks.answers(func(w http.ResponseWriter, _ delivery) {
		w.Header().Set("Location", other.URL)
		w.WriteHeader(http.StatusTemporaryRedirect)
	})
	j := r.start(r.seldom())
	r.emit(j, "installs/1")
	r.until("the redirect is a failure", func() bool { return r.count("kind = 'webhook' AND metadata->>'failures' = '1'") == 1 })
	if !strings.Contains(r.logged(), "307") {
		t.Errorf("the log does not say why:\n%s", r.logged())
	}
}

// TestSlowReceiver has all webhooks hang: tokens are refreshed and destinations enabled all the same.
func TestSlowReceiver(t *testing.T) {
	t.Parallel()
	const installs = 4
	r := newRig(t, sandbox.Options{Customers: installs})
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	hanging := make(chan struct{}, 1000)
	r.hooks.answers(func(http.ResponseWriter, delivery) {
		hanging <- struct{}{}
		<-release
	})
	j := r.start(r.seldom())
	const workers = 16
	for range workers + 4 {
		r.emit(j, "installs/1")
	}
	for range workers { // all of the replica's hands are full
		<-hanging
	}
	for n := range installs {
		r.connect(j, r.card(n+1), key())
	}
	r.until("all are enabled while no webhook gets through", func() bool {
		all, err := r.ledger.Connections(t.Context(), "", 100)
		enabled := 0
		for _, c := range all {
			if c.Enabled {
				enabled++
			}
		}
		return err == nil && enabled == installs && len(r.hooks.all) == 0
	})
}
