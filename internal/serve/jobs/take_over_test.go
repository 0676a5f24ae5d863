package jobs_test

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/install/postgres/pgtest"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// The child process of TestKilled finds in these what it works on.
const (
	childDatabase = "SEGCTL_TEST_JOBS_DATABASE"
	childReceiver = "SEGCTL_TEST_JOBS_RECEIVER"
)

// TestKilledChild is the process that TestKilled kills: a replica that sends webhooks.
func TestKilledChild(t *testing.T) { //nolint:paralleltest // it has a process of its own
	url, receiver := os.Getenv(childDatabase), os.Getenv(childReceiver)
	if url == "" {
		t.Skip("it is a part of TestKilled")
	}
	r := rigOn(t, sandbox.Options{}, url)
	o := r.seldom()
	o.WebhookURL = receiver
	if err := r.replica(o).Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {} // until it is killed
}

// TestKilled kills a replica with SIGKILL while it delivers a webhook. Another one delivers it. The time after which River
// takes a job for one that was left behind is not waited for: it is said to have passed.
func TestKilled(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	r := rigOn(t, sandbox.Options{}, url)
	reached, release := make(chan struct{}, 10), make(chan struct{})
	t.Cleanup(func() { close(release) })
	r.hooks.answers(func(http.ResponseWriter, delivery) {
		reached <- struct{}{}
		<-release
	})
	e := r.emit(r.replica(r.seldom()), "installs/1")
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledChild$")
	child.Env = append(os.Environ(), childDatabase+"="+url, childReceiver+"="+r.hooks.URL)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-reached:
	case <-time.After(patience):
		t.Fatal("the replica delivers nothing")
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	if n := r.count("kind = 'webhook' AND state = 'running'"); n != 1 {
		t.Fatalf("%d jobs were left behind, want 1", n)
	}
	r.hooks.answers(nil)
	r.sql("UPDATE segctl_river.river_job SET attempted_at = attempted_at - interval '31 seconds' WHERE state = 'running'")
	r.sql("UPDATE segctl_river.river_leader SET expires_at = now()") // of the replica that was killed, by and by
	r.start(r.seldom())
	if again := r.next(ledger.InstallCreated, "installs/1"); again.ID != e.ID {
		t.Errorf("delivered %s, want %s", again.ID, e.ID)
	}
	r.until("it is delivered", func() bool { return r.count("kind = 'webhook' AND state = 'completed'") == 1 })
}

// TestStopped stops a replica that delivers a webhook to a receiver that hangs. The job is not lost, and not waited for: when
// the grace is over, another replica has it at once.
func TestStopped(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Options{})
	reached, release := make(chan struct{}, 10), make(chan struct{})
	t.Cleanup(func() { close(release) })
	r.hooks.answers(func(http.ResponseWriter, delivery) {
		reached <- struct{}{}
		<-release
	})
	first := r.replica(r.seldom())
	if err := first.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	e := r.emit(first, "installs/1")
	<-reached
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := first.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	if n := r.count("kind = 'webhook' AND state = 'available' AND NOT metadata ? 'failures'"); n != 1 {
		t.Errorf("the job was not given back")
	}
	r.hooks.answers(nil)
	r.start(r.seldom())
	if again := r.next(ledger.InstallCreated, "installs/1"); again.ID != e.ID {
		t.Errorf("delivered %s, want %s", again.ID, e.ID)
	}
}

// TestCaredForAgain has installs that came by a command, or whose jobs somebody cancelled: they get the jobs that they lack,
// and nobody is told of what nobody asked for.
func TestCaredForAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Options{Customers: 2})
	byLink, byCommand := r.card(1), r.card(2)
	j := r.start(r.seldom())
	r.connect(j, byLink, key())
	r.next(ledger.DestinationEnabled, byLink.Name)
	if err := r.store.Add(t.Context(), []install.Card{byCommand}); err != nil {
		t.Fatal(err)
	}
	r.until("its jobs sleep", func() bool { return r.count("kind IN ('refresh', 'check') AND state = 'scheduled'") == 2 })
	r.sql("UPDATE segctl_river.river_job SET state = 'cancelled', finalized_at = now() WHERE kind = 'refresh' AND state = 'scheduled'")
	r.sql("UPDATE segctl_river.river_job SET state = 'discarded', finalized_at = now() WHERE kind = 'check' AND state = 'scheduled'")
	r.wake("tidy")
	for _, card := range []install.Card{byLink, byCommand} {
		if n := r.count("kind IN ('refresh', 'check') AND args->>'install' = $1 AND state NOT IN ('cancelled', 'discarded')", card.Name); n != 2 {
			t.Errorf("%s has %d jobs, want 2", card.Name, n)
		}
	}
	r.until("it has a token", func() bool { return r.box.Counters().Refreshes[byCommand.Name] == 1 })
	r.wake("check")
	r.wake("tidy") // now that there is a connection for nobody
	if n := r.count("kind = 'enable' AND args->>'install' = $1", byCommand.Name); n != 0 {
		t.Errorf("a destination is enabled that nobody asked for")
	}
	if got := r.events(byCommand.Name); got != "" {
		t.Errorf("events %s about an install that nobody connected", got)
	}
	c, err := r.ledger.Connection(t.Context(), r.pool(), byCommand.Name, false)
	if err != nil || c.Health != destination.IsMissing || c.Customer != "" {
		t.Errorf("connection %+v, %v", c, err)
	}
}

// TestManyAtOnce has more jobs at work than there are connections to the database: none waits for another for ever.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	const installs = 100
	r := newRig(t, sandbox.Options{Customers: installs})
	var cards []install.Card
	for n := range installs {
		cards = append(cards, r.card(n+1))
	}
	if err := r.store.Add(t.Context(), cards); err != nil {
		t.Fatal(err)
	}
	r.start(r.options())
	r.until("all were looked at", func() bool {
		all, err := r.ledger.Connections(t.Context(), "", 2*installs)
		return err == nil && len(all) == installs
	})
	if strings.Contains(r.logged(), "deadline exceeded") {
		t.Errorf("some waited in vain:\n%s", r.logged())
	}
}

// TestProfilesApart has two profiles in one database, each with its own sandbox: none touches the other's jobs.
func TestProfilesApart(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	one, other := rigOn(t, sandbox.Options{Customers: 1}, url), rigOn(t, sandbox.Options{Customers: 1}, url)
	other.store = postgres.New(postgres.Options{URL: url, Profile: "other", Keys: pgtest.Keys(t), Choice: install.ChoiceIn(filepath.Join(t.TempDir(), "current"))})
	t.Cleanup(other.store.Close)
	other.ledger = ledger.New(other.store, nil)
	first := one.start(one.seldom())
	second := other.replica(other.seldom()) // nobody works on these yet
	card := one.card(1)
	other.connect(second, other.card(1), key())
	one.connect(first, card, key())
	one.next(ledger.DestinationEnabled, card.Name)
	if n := one.count("kind = 'enable' AND state = 'available'"); n != 1 {
		t.Errorf("%d jobs of the other profile wait, want 1", n)
	}
	if n := other.box.Counters().Refreshes[card.Name]; n != 0 || len(other.hooks.all) != 0 || other.events(card.Name) != "" {
		t.Errorf("the other profile's install was touched: %d refreshes", n)
	}
	other.run(second)
	other.next(ledger.DestinationEnabled, card.Name)
	if got := one.events(card.Name); got != "destination.enabled" {
		t.Errorf("events %s", got)
	}
}

// TestDatabaseRestarted restarts PostgreSQL under two replicas. They go on, and nothing is told twice.
func TestDatabaseRestarted(t *testing.T) {
	t.Parallel()
	c := pgtest.Cluster(t)
	url, err := c.Database(t.Context(), "restarted")
	if err != nil {
		t.Fatal(err)
	}
	r := rigOn(t, sandbox.Options{Customers: 1}, url)
	j := r.start(r.options())
	r.start(r.options())
	card := r.card(1)
	r.connect(j, card, key())
	r.next(ledger.DestinationEnabled, card.Name)
	if err := c.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.box.Act(sandbox.Act{Verb: "disable", Install: card.Name}); err != nil {
		t.Fatal(err)
	}
	r.next(ledger.Became(destination.IsDisabled), card.Name)
	if got, want := r.events(card.Name), "destination.enabled destination.disabled"; got != want {
		t.Errorf("events %s, want %s", got, want)
	}
}

// TestNoSecretIsKept looks for secrets where none may be, after all that goes wrong as well.
func TestNoSecretIsKept(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Options{Customers: 2})
	j := r.start(r.options())
	for n := range 2 {
		r.connect(j, r.card(n+1), key())
		r.next(ledger.DestinationEnabled, r.card(n+1).Name)
	}
	if _, err := r.box.AddFault(sandbox.Fault{Route: "/v1beta/workspaces/customer-0002/**", Kind: "status", Status: 500}); err != nil {
		t.Fatal(err)
	}
	r.next(ledger.Became(destination.Unreachable), "")
	lost := r.card(1).Name
	if _, err := r.box.Act(sandbox.Act{Verb: "uninstall", Install: lost}); err != nil {
		t.Fatal(err)
	}
	r.next(ledger.InstallLost, lost)
	secrets := map[string]string{
		"API key": apiKey, "client secret": sandbox.DemoClientSecret, "webhook secret": strings.TrimPrefix(webhookSecret, "whsec_"),
	}
	cards, err := r.store.Cards(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, card := range cards {
		kept, err := r.store.Get(t.Context(), card.Name)
		if err != nil || kept.Token == "" {
			t.Fatalf("%s has no token: %v", card.Name, err)
		}
		secrets["token of "+card.Name] = kept.Token
	}
	var metrics, delivered strings.Builder
	j.WriteMetrics(&metrics)
	r.hooks.mu.Lock()
	for _, d := range r.hooks.seen {
		delivered.Write(d.body)
	}
	r.hooks.mu.Unlock()
	places := map[string]string{"log": r.logged(), "metrics": metrics.String(), "webhooks": delivered.String()}
	for _, table := range []string{"segctl_river.river_job", "segctl_river.river_queue", "segctl_events", "segctl_connections"} {
		var rows string
		if err := r.pool().QueryRow(t.Context(), "SELECT coalesce(string_agg(to_jsonb(t)::text, E'\n'), '') FROM "+table+" t").Scan(&rows); err != nil {
			t.Fatal(err)
		}
		places[table] = rows
	}
	for place, text := range places {
		if text == "" {
			t.Errorf("there is nothing in %s", place)
		}
		for name, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("the %s is in %s:\n%s", name, place, text)
			}
		}
	}
	if !strings.Contains(places["metrics"], `segctl_jobs_total{kind="enable",outcome="enabled"} 2`) || strings.Contains(places["metrics"], "customer") {
		t.Errorf("metrics:\n%s", places["metrics"])
	}
}
