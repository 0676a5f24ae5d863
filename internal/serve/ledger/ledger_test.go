package ledger_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/install/postgres/pgtest"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/serve/ledger"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// rig is a ledger with the installs 1 to 3, and a clock that can be moved.
type rig struct {
	*ledger.Ledger
	store *postgres.Store
	pool  *pgxpool.Pool
	now   time.Time
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{store: pgtest.Store(t, pgtest.Database(t)), now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	if _, err := r.store.Migrate(t.Context(), ledger.Schema()); err != nil {
		t.Fatal(err)
	}
	r.Ledger = ledger.New(r.store, func() time.Time { return r.now })
	var err error
	if r.pool, err = r.store.Pool(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := r.store.Add(t.Context(), []install.Card{{Name: "installs/1"}, {Name: "installs/2"}, {Name: "installs/3"}}); err != nil {
		t.Fatal(err)
	}
	return r
}

// in does something in a transaction.
func (r *rig) in(t *testing.T, do func(tx pgx.Tx) error) {
	t.Helper()
	if err := r.Tx(t.Context(), do); err != nil {
		t.Fatal(err)
	}
}

func TestConnections(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	want := ledger.Connection{
		Install: "installs/2", Customer: "acme", Wanted: ledger.Wanted{Destination: "clearbrain", Settings: map[string]json.RawMessage{"apiKey": json.RawMessage(`"canary"`)}},
		Enabled: true, Health: destination.IsChanged, Detail: "apiKey differs", CheckedAt: r.now, CreatedAt: r.now, Lost: true,
	}
	if _, err := r.Connection(t.Context(), r.pool, want.Install, false); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("before it is there: %v", err)
	}
	save := func(c ledger.Connection) {
		r.in(t, func(tx pgx.Tx) error { return r.SaveConnection(t.Context(), tx, c) })
	}
	save(ledger.Connection{Install: "installs/2", Customer: "before", CreatedAt: want.CreatedAt})
	save(want)
	save(ledger.Connection{Install: "installs/1", Customer: "globex"})
	r.in(t, func(tx pgx.Tx) error {
		got, err := r.Connection(t.Context(), tx, want.Install, true)
		if diff := cmp.Diff(want, utc(got)); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		return nil
	})
	all, err := r.Connections(t.Context(), "", 10)
	if err != nil || len(all) != 2 || all[0].Install != "installs/1" || all[1].Install != "installs/2" || all[1].Wanted.Settings != nil || all[1].Health != want.Health {
		t.Errorf("all of them: %+v, %v", all, err)
	}
	if next, err := r.Connections(t.Context(), "installs/1", 10); err != nil || len(next) != 1 || next[0].Customer != "acme" {
		t.Errorf("after the first: %+v, %v", next, err)
	}
	if one, err := r.Connections(t.Context(), "", 1); err != nil || len(one) != 1 {
		t.Errorf("at most one: %+v, %v", one, err)
	}
	want.Health, want.Detail, want.Lost, want.Enabled = destination.Healthy, "", false, false
	if err := r.SetHealth(t.Context(), r.pool, want); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Connection(t.Context(), r.pool, want.Install, false); err != nil || cmp.Diff(want, utc(got)) != "" {
		t.Errorf("%v:\n%s", err, cmp.Diff(want, utc(got)))
	}
	if err := r.SetHealth(t.Context(), r.pool, ledger.Connection{Install: "installs/3"}); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("of an install that is not connected: %v", err)
	}
	// An install that is removed takes its connection with it, and nothing is connected that is no install.
	if err := r.store.Update(t.Context(), want.Install, func(*install.Install) (*install.Install, error) { return nil, nil }); err != nil { //nolint:nilnil // removes it
		t.Fatal(err)
	}
	if _, err := r.Connection(t.Context(), r.pool, want.Install, false); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("after its install is gone: %v", err)
	}
	err = r.Tx(t.Context(), func(tx pgx.Tx) error {
		return r.SaveConnection(t.Context(), tx, ledger.Connection{Install: "installs/99", Customer: "acme"})
	})
	if _, ok := errors.AsType[*install.StoreError](err); !ok {
		t.Errorf("of no install: %v", err)
	}
}

func utc(c ledger.Connection) ledger.Connection {
	c.CheckedAt, c.CreatedAt = c.CheckedAt.UTC(), c.CreatedAt.UTC()
	return c
}

// TestLockConnection keeps a second one out, also before there is a connection to lock.
func TestLockConnection(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	order := make(chan string, 2)
	locked, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		<-locked
		err := r.Tx(context.WithoutCancel(t.Context()), func(tx pgx.Tx) error {
			c, err := r.Connection(t.Context(), tx, "installs/1", true)
			order <- "second sees " + c.Customer
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}()
	r.in(t, func(tx pgx.Tx) error {
		if _, err := r.LockConnection(t.Context(), tx, "installs/1"); !errors.Is(err, ledger.ErrNotFound) {
			t.Error(err)
		}
		close(locked)
		r.waiting(t, 1)
		order <- "first saves"
		return r.SaveConnection(t.Context(), tx, ledger.Connection{Install: "installs/1", Customer: "acme"})
	})
	<-done
	if a, b := <-order, <-order; a != "first saves" || b != "second sees acme" {
		t.Errorf("%s, then %s", a, b)
	}
}

// waiting waits until so many sessions wait for a lock.
func (r *rig) waiting(t *testing.T, want int) {
	t.Helper()
	for n := 0; n < want; {
		if err := r.pool.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var ids []string
	for i := range 5 {
		e := ledger.Event{Type: ledger.InstallCreated, Data: ledger.EventData{Install: fmt.Sprint("installs/", i), Customer: "acme", Sources: []string{"workspaces/a/sources/b"}}}
		r.in(t, func(tx pgx.Tx) error { return r.AddEvent(t.Context(), tx, &e) })
		if !strings.HasPrefix(e.ID, "evt_") || e.Seq == 0 || !e.Time.Equal(r.now) {
			t.Errorf("the event is %+v", e)
		}
		ids = append(ids, e.ID)
		if got, err := r.Event(t.Context(), e.ID); err != nil || cmp.Diff(e, got) != "" {
			t.Errorf("%v:\n%s", err, cmp.Diff(e, got))
		}
	}
	for after, want := range map[string][]string{"": ids[:3], ids[0]: ids[1:4], ids[3]: ids[4:], ids[4]: nil} {
		all, err := r.Events(t.Context(), after, 3)
		var got []string
		for _, e := range all {
			got = append(got, e.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("after %q: %v (-want +got):\n%s", after, err, diff)
		}
	}
	if _, err := r.Events(t.Context(), "evt_NOSUCH", 3); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("after one that is not there: %v", err)
	}
	if _, err := r.Event(t.Context(), "evt_NOSUCH"); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("one that is not there: %v", err)
	}
}

// TestEventsKeepTheOrderOfCommits reads event after event while many are written, some of them slowly: none is missed.
func TestEventsKeepTheOrderOfCommits(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const writers, each = 3, 15
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				err := r.Tx(t.Context(), func(tx pgx.Tx) error {
					if err := r.AddEvent(t.Context(), tx, &ledger.Event{Type: ledger.InstallLost}); err != nil {
						return err
					}
					if (w+i)%3 > 0 {
						return nil
					}
					_, err := tx.Exec(t.Context(), "SELECT pg_sleep(0.005)") // an event that has its number, and is not there yet
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	seen, after := 0, ""
	ended := make(chan struct{})
	go func() { wg.Wait(); close(ended) }()
	for last := false; !last; {
		select {
		case <-ended:
			last = true
		default:
		}
		page, err := r.Events(t.Context(), after, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page {
			seen, after = seen+1, e.ID
		}
	}
	if seen != writers*each {
		t.Errorf("%d of %d events are seen by who reads after the last one", seen, writers*each)
	}
}

func TestTypes(t *testing.T) {
	t.Parallel()
	want := []string{
		"install.created", "install.reconnected", "install.lost", "destination.enabled", "destination.recovered", "destination.changed", "destination.disabled",
		"destination.invalid", "destination.missing", "destination.no_access", "destination.unrefreshable", "destination.unreachable",
	}
	var got []string
	for _, typ := range ledger.Types() {
		got = append(got, string(typ))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if ledger.Became(destination.Healthy) != ledger.DestinationRecovered {
		t.Error("a destination that is healthy again has not recovered")
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	token, err := r.NewToken(t.Context(), "backend")
	if err != nil || !strings.HasPrefix(token, "sgb_") || len(token) != 47 {
		t.Fatalf("the token is %q, %v", token, err)
	}
	for _, name := range []string{"backend", "", "a\nb", " a", strings.Repeat("x", 101)} {
		exit := problem.ExitUsage
		if name == "backend" {
			exit = problem.ExitConflict
		}
		if _, err := r.NewToken(t.Context(), name); problem.Of(err, problem.Context{}).Exit != exit {
			t.Errorf("a token named %q: %v", name, err)
		}
	}
	_, err = r.NewToken(t.Context(), "backend")
	if p := problem.Of(err, problem.Context{}); len(p.Hints) != 1 || !slices.Equal(p.Hints[0].Args, []string{"serve", "token", "list"}) {
		t.Errorf("a name that is taken has the hints %v", p.Hints)
	}
	for _, wrong := range []string{"", "sgb_", token[:46], token + "A", strings.Repeat("x", 47), "sgb_" + ledger.NewSecret()} {
		if name, err := r.CheckToken(t.Context(), wrong); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("%q is the token of %q, %v", wrong, name, err)
		}
	}
	used := func() time.Time {
		t.Helper()
		if name, err := r.CheckToken(t.Context(), token); err != nil || name != "backend" {
			t.Errorf("the token is that of %q, %v", name, err)
		}
		all, err := r.Tokens(t.Context())
		if err != nil || len(all) != 1 || all[0].Name != "backend" || !all[0].CreatedAt.Equal(r.now.Truncate(time.Hour).Add(4*time.Minute+5*time.Second)) {
			t.Fatalf("the tokens are %+v, %v", all, err)
		}
		return all[0].UsedAt.UTC()
	}
	first := r.now
	if got := used(); !got.Equal(first) {
		t.Errorf("it was used at %s, want %s", got, first)
	}
	r.now = first.Add(30 * time.Second)
	if got := used(); !got.Equal(first) {
		t.Errorf("half a minute later, it was used at %s: each use is written", got)
	}
	r.now = first.Add(90 * time.Second)
	if got := used(); !got.Equal(r.now) {
		t.Errorf("later, it was used at %s, want %s", got, r.now)
	}
	if err := r.RemoveToken(t.Context(), "backend"); err != nil {
		t.Fatal(err)
	}
	if err := r.RemoveToken(t.Context(), "backend"); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
	if _, err := r.CheckToken(t.Context(), token); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("a removed token: %v", err)
	}
}

// TestProfiles: what is kept for one profile is not there for another one.
func TestProfiles(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	store := postgres.New(postgres.Options{URL: r.pool.Config().ConnString(), Profile: "other", Keys: r.store.Keys(), Choice: install.ChoiceIn(t.TempDir() + "/current")})
	t.Cleanup(store.Close)
	other := ledger.New(store, nil)
	token, err := r.NewToken(t.Context(), "backend")
	if err != nil {
		t.Fatal(err)
	}
	e := ledger.Event{Type: ledger.InstallLost}
	link := ledger.Link{Hash: ledger.Hash("link"), CreatedAt: r.now, ExpiresAt: r.now.Add(time.Hour)}
	r.in(t, func(tx pgx.Tx) error {
		return errors.Join(r.AddEvent(t.Context(), tx, &e), r.SaveConnection(t.Context(), tx, ledger.Connection{Install: "installs/1"}))
	})
	f := ledger.Flow{Hash: ledger.Hash("state"), Link: link, Browser: ledger.Hash("cookie"), CreatedAt: r.now, ExpiresAt: r.now}
	if err := errors.Join(r.AddLink(t.Context(), link), r.AddFlow(t.Context(), f)); err != nil {
		t.Fatal(err)
	}
	_, checked := other.CheckToken(t.Context(), token)
	_, event := other.Event(t.Context(), e.ID)
	_, connection := other.Connection(t.Context(), r.pool, "installs/1", false)
	_, _, linked := other.Link(t.Context(), link.Hash)
	_, flow := other.Flow(t.Context(), f.Hash)
	for what, err := range map[string]error{
		"token": checked, "event": event, "connection": connection, "link": linked, "flow": flow, "removed token": other.RemoveToken(t.Context(), "backend"),
		"begun flow": other.AddFlow(t.Context(), ledger.Flow{Hash: ledger.Hash("x"), Link: link, CreatedAt: r.now, ExpiresAt: r.now}),
	} {
		if !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("the %s of another profile: %v", what, err)
		}
	}
	events, err := other.Events(t.Context(), "", 10)
	connections, err2 := other.Connections(t.Context(), "", 10)
	if len(events)+len(connections) > 0 || err != nil || err2 != nil {
		t.Errorf("another profile has %v and %v, %v, %v", events, connections, err, err2)
	}
}

func TestTidy(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	start := r.now
	add := func(name string, expires time.Duration) (link ledger.Link, f ledger.Flow) {
		link = ledger.Link{Hash: ledger.Hash(name), Customer: name, CreatedAt: start, ExpiresAt: start.Add(expires)}
		f = ledger.Flow{Hash: ledger.Hash("state of " + name), Link: link, Browser: ledger.Hash("browser of " + name), CreatedAt: start, ExpiresAt: start.Add(30 * time.Minute)}
		if err := errors.Join(r.AddLink(t.Context(), link), r.AddFlow(t.Context(), f)); err != nil {
			t.Fatal(err)
		}
		return link, f
	}
	add("expired", time.Hour)
	add("open", 7*24*time.Hour)
	_, claimed := add("claimed", time.Hour)
	_, used := add("used", 7*24*time.Hour)
	for _, f := range []ledger.Flow{claimed, used} {
		r.in(t, func(tx pgx.Tx) error {
			ok, err := r.Claim(t.Context(), tx, f, "holder", time.Minute)
			if !ok {
				t.Error("not claimed")
			}
			return err
		})
	}
	used.Status = "connected"
	if ok, err := r.End(t.Context(), r.pool, used, "holder", false); !ok || err != nil {
		t.Fatal(ok, err)
	}
	r.in(t, func(tx pgx.Tx) error { return r.AddEvent(t.Context(), tx, &ledger.Event{Type: ledger.InstallLost}) })
	left := func() []string {
		t.Helper()
		var all []string
		for _, query := range []string{
			"SELECT 'link ' || customer FROM segctl_links", "SELECT 'flow of ' || customer FROM segctl_flows f JOIN segctl_links l ON l.hash = f.link", "SELECT 'event' FROM segctl_events",
		} {
			rows, err := r.pool.Query(t.Context(), query)
			if err != nil {
				t.Fatal(err)
			}
			texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, texts...)
		}
		slices.Sort(all)
		return all
	}
	everything := left()
	r.now = start.Add(23 * time.Hour)
	if n, err := r.Tidy(t.Context()); n != 0 || err != nil || cmp.Diff(everything, left()) != "" {
		t.Errorf("within a day, %d rows went: %v, %v", n, left(), err)
	}
	r.now = start.Add(26 * time.Hour)
	if _, err := r.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"event", "flow of claimed", "link claimed", "link open"}, left()); diff != "" {
		t.Errorf("after a day (-want +got):\n%s", diff)
	}
	r.now = start.Add(31 * 24 * time.Hour)
	if _, err := r.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"flow of claimed", "link claimed"}, left()); diff != "" {
		t.Errorf("after a month (-want +got):\n%s", diff)
	}
}

// TestRotate seals anew what the ledger keeps, and all of it still opens.
func TestRotate(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	settings := map[string]json.RawMessage{"apiKey": json.RawMessage(`"canary"`)}
	link := ledger.Link{Hash: ledger.Hash("link"), Wanted: ledger.Wanted{Settings: settings}, ReturnURL: "https://x.example", CreatedAt: r.now, ExpiresAt: r.now.Add(time.Hour)}
	f := ledger.Flow{Hash: ledger.Hash("state"), Link: link, Browser: ledger.Hash("cookie"), Verifier: "the verifier", CreatedAt: r.now, ExpiresAt: r.now}
	if err := errors.Join(r.AddLink(t.Context(), link), r.AddFlow(t.Context(), f)); err != nil {
		t.Fatal(err)
	}
	r.in(t, func(tx pgx.Tx) error {
		return r.SaveConnection(t.Context(), tx, ledger.Connection{Install: "installs/1", Wanted: link.Wanted})
	})
	// The same keys under another name: as if all had been sealed to others.
	for _, table := range []string{"segctl_links", "segctl_flows", "segctl_connections"} {
		if _, err := r.pool.Exec(t.Context(), "UPDATE "+table+" SET seal = 'before'"); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := r.store.Rotate(t.Context(), 1, ledger.Sealed()...); n != 3 || err != nil {
		t.Fatalf("%d values were sealed anew, %v, want 3", n, err)
	}
	got, err := r.Flow(t.Context(), f.Hash)
	if err == nil {
		err = errors.Join(r.UnsealFlow(&got), r.Unseal(&got.Link))
	}
	if err != nil || got.Verifier != f.Verifier || got.Link.ReturnURL != link.ReturnURL || cmp.Diff(settings, got.Link.Wanted.Settings) != "" {
		t.Errorf("the flow is %q, its link has %q, %v", got.Verifier, got.Link.ReturnURL, err)
	}
	if c, err := r.Connection(t.Context(), r.pool, "installs/1", false); err != nil || cmp.Diff(settings, c.Wanted.Settings) != "" {
		t.Errorf("the connection has %s, %v", c.Wanted.Settings, err)
	}
}

// TestNoScan asks PostgreSQL how it would find rows: by an index, each time.
func TestNoScan(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, fill := range []string{
		`INSERT INTO segctl_links (profile, hash, customer, label, destination, install, created_at, expires_at)
			SELECT 'default', sha256(n::text::bytea), '', '', '', '', now(), now() + n * interval '1 second' FROM generate_series(1, 3000) n`,
		`INSERT INTO segctl_flows (profile, hash, link, browser, client_id, issuer, scope, created_at, expires_at)
			SELECT profile, hash, hash, hash, '', '', '', created_at, expires_at FROM segctl_links`,
		`INSERT INTO segctl_installs (profile, name) SELECT 'default', 'installs/x' || n FROM generate_series(1, 3000) n`,
		`INSERT INTO segctl_connections (profile, install, customer, destination, enabled, health, detail, created_at, lost)
			SELECT profile, name, '', '', false, '', '', now(), false FROM segctl_installs`,
		`INSERT INTO segctl_events (profile, id, type, time, data) SELECT profile, install, '', now(), '{}' FROM segctl_connections`,
		`INSERT INTO segctl_tokens (profile, name, hash, created_at) SELECT profile, customer || encode(hash, 'hex'), hash, created_at FROM segctl_links`,
		`ANALYZE`,
	} {
		if _, err := r.pool.Exec(t.Context(), fill); err != nil {
			t.Fatal(err)
		}
	}
	const old = "now() - interval '1 day'"
	for where, column := range map[string]string{
		"segctl_links WHERE profile = 'default' AND hash = 'x'":                               "hash",
		"segctl_links WHERE profile = 'default' AND coalesce(used_at, expires_at) < " + old:   "COALESCE",
		"segctl_flows WHERE profile = 'default' AND hash = 'x'":                               "hash",
		"segctl_flows WHERE profile = 'default' AND browser = 'x'":                            "browser",
		"segctl_flows WHERE profile = 'default' AND link = 'x'":                               "link",
		"segctl_flows WHERE profile = 'default' AND coalesce(ended_at, expires_at) < " + old:  "COALESCE",
		"segctl_connections WHERE profile = 'default' AND install = 'x'":                      "install",
		"segctl_connections WHERE profile = 'default' AND install > 'installs/x999' LIMIT 10": "install",
		"segctl_events WHERE profile = 'default' AND seq > 2990 ORDER BY seq LIMIT 10":        "seq",
		"segctl_events WHERE profile = 'default' AND id = 'x'":                                "id",
		"segctl_events WHERE profile = 'default' AND time < " + old:                           "time",
		"segctl_tokens WHERE profile = 'default' AND hash = 'x'":                              "hash",
	} {
		rows, err := r.pool.Query(t.Context(), "EXPLAIN SELECT 1 FROM "+where)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
		text := strings.Join(plan, "\n")
		if _, condition, ok := strings.Cut(text, "Index Cond: "); err != nil || !ok || strings.Contains(text, "Seq Scan") || !strings.Contains(condition, column) {
			t.Errorf("%s: %v\n%s", where, err, text)
		}
	}
}
