package postgres_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/installtest"
	"github.com/segctl/segctl/internal/install/postgres"
)

const (
	free = "SELECT lease IS NULL AND holder IS NULL AND reserve IS NULL FROM segctl_installs WHERE name = 'installs/7'"
	// gone is what is left of a process that was killed.
	gone = `UPDATE segctl_installs SET holder = 'elsewhere:1', lease = 'gone', lease_until = clock_timestamp() + interval '2500 ms'`
)

// Who waits for an install that a dead process held gets it when its lease has run out, and is told for whom it waits.
func TestDeadHolder(t *testing.T) {
	t.Parallel()
	first, url := seven(t)
	ask(t, url, gone)
	var told []string
	s := postgres.New(postgres.Options{
		URL: url, Profile: "default", Keys: first.Keys(),
		Waiting: func(name, holder string) { told = append(told, name+" "+holder) },
	})
	t.Cleanup(s.Close)
	if err := s.Update(t.Context(), "7", with("after", nil)); err != nil {
		t.Fatal(err)
	}
	wantToken(t, s, "after")
	if len(told) != 1 || told[0] != "installs/7 elsewhere:1" {
		t.Errorf("told: %q", told)
	}
	if !answer[bool](t, url, free) {
		t.Error("the install is not given back")
	}
}

// A holder that was out of touch for too long does not overwrite what another one has kept since.
func TestLateHolder(t *testing.T) {
	t.Parallel()
	late, url := seven(t)
	other := another(t, url, late)
	err := late.Update(t.Context(), "7", with("late", func() {
		ask(t, url, "UPDATE segctl_installs SET lease_until = clock_timestamp() - interval '1 s'")
		if err := other.Update(t.Context(), "7", with("newer", nil)); err != nil {
			t.Error(err)
		}
	}))
	if got := kindOf(t, err); got != install.Overtaken {
		t.Errorf("got %v", err)
	}
	wantToken(t, late, "newer")
	// Nor does it where the other one has it still, and what is there is as it was.
	err = late.Update(t.Context(), "7", with("late", func() {
		ask(t, url, "UPDATE segctl_installs SET lease_until = clock_timestamp() - interval '1 s'")
		err := other.Update(t.Context(), "7", with("newest", func() {
			if err := late.Update(cancelled(t), "7", nil); !errors.Is(err, context.Canceled) {
				t.Errorf("the install is not held: %v", err)
			}
		}))
		if err != nil {
			t.Error(err)
		}
	}))
	if got := kindOf(t, err); got != install.Overtaken {
		t.Errorf("got %v", err)
	}
	wantToken(t, late, "newest")
	// Nor while the other one, who has got the only token that works, has not kept it yet.
	has, kept, lateIsDone := make(chan struct{}), make(chan error, 1), make(chan struct{})
	err = late.Update(t.Context(), "7", with("late", func() {
		ask(t, url, "UPDATE segctl_installs SET lease_until = clock_timestamp() - interval '1 s'")
		go func() { kept <- other.Update(t.Context(), "7", with("only", func() { close(has); <-lateIsDone })) }()
		<-has
	}))
	if err := late.Update(cancelled(t), "7", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a late holder has given back what the other one holds: %v", err)
	}
	close(lateIsDone)
	if got := kindOf(t, err); got != install.Overtaken {
		t.Errorf("got %v", err)
	}
	if err := <-kept; err != nil {
		t.Error(err)
	}
	wantToken(t, late, "only")
	// A lease that has run out is good for as long as nobody else wants the install: the token may be the only one.
	if err := late.Update(t.Context(), "7", with("kept", func() {
		ask(t, url, "UPDATE segctl_installs SET lease_until = clock_timestamp() - interval '1 s'")
	})); err != nil {
		t.Error(err)
	}
	wantToken(t, late, "kept")
	// Removing is no different.
	err = late.Update(t.Context(), "7", func(*install.Install) (*install.Install, error) {
		ask(t, url, "UPDATE segctl_installs SET lease_until = clock_timestamp() - interval '1 s'")
		return nil, other.Update(t.Context(), "7", with("stays", nil))
	})
	if got := kindOf(t, err); got != install.Overtaken {
		t.Errorf("got %v", err)
	}
	wantToken(t, late, "stays")
}

func cancelled(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// A slow renewal keeps its install: the lease is renewed while the change is under way. No connection is held meanwhile,
// so that one is enough.
func TestLeaseIsKept(t *testing.T) {
	t.Parallel()
	first, url := seven(t)
	s := postgres.New(postgres.Options{URL: url, Profile: "default", Keys: first.Keys(), MaxConns: 1})
	t.Cleanup(s.Close)
	s.SetTerm(300 * time.Millisecond)
	const until = "SELECT lease_until FROM segctl_installs WHERE name = 'installs/7'"
	err := s.Update(t.Context(), "7", with("slow", func() {
		taken := answer[time.Time](t, url, until)
		for tooLong := time.Now().Add(time.Minute); answer[time.Time](t, url, until).Sub(taken) < 3*time.Second/2; { // five terms
			if time.Now().After(tooLong) {
				t.Fatal("the lease is not renewed")
			}
			if _, err := s.Card(t.Context(), "7"); err != nil {
				t.Fatal(err)
			}
		}
		if n := answer[int](t, url, `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = 'segctl' AND xact_start IS NOT NULL AND pid <> pg_backend_pid()`); n > 1 {
			t.Errorf("%d transactions are open", n)
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	wantToken(t, s, "slow")
}

// What a transaction of the service saves is not overwritten by a renewal that was under way.
func TestSaveTxBreaksLeases(t *testing.T) {
	t.Parallel()
	s, url := seven(t)
	service := another(t, url, s)
	saveTx := func(name string, change func(*install.Install) (*install.Install, error), commit bool) error {
		pool, err := service.Pool(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		tx, err := pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback(t.Context())
		if err := service.SaveTx(t.Context(), tx, name, change); err != nil || !commit {
			return err
		}
		return tx.Commit(t.Context())
	}
	err := s.Update(t.Context(), "7", with("renewed", func() {
		if err := saveTx("7", with("granted", nil), true); err != nil {
			t.Error(err)
		}
	}))
	if got := kindOf(t, err); got != install.Overtaken {
		t.Errorf("got %v", err)
	}
	wantToken(t, s, "granted")
	if err := saveTx("7", with("rolled back", nil), false); err != nil {
		t.Error(err)
	}
	wantToken(t, s, "granted")
	// A new one, while somebody else holds its place.
	eight := installtest.Named(t, "installs/8")
	err = s.Update(t.Context(), "8", func(old *install.Install) (*install.Install, error) {
		if old != nil {
			t.Error("there is one already")
		}
		other := eight
		other.Token = "late"
		return &other, saveTx("8", func(old *install.Install) (*install.Install, error) {
			if old != nil {
				t.Error("a place that is held counts as an install")
			}
			return &eight, nil
		}, true)
	})
	if got := kindOf(t, err); got != install.Overtaken {
		t.Errorf("got %v", err)
	}
	if i, err := s.Get(t.Context(), "8"); err != nil || i.Token != eight.Token {
		t.Errorf("%q, %v", i.Token, err)
	}
	stop := errors.New("stop")
	if err := saveTx("9", func(*install.Install) (*install.Install, error) { return nil, stop }, true); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
	if err := saveTx("8", func(*install.Install) (*install.Install, error) { return nil, nil }, true); err != nil {
		t.Error(err)
	}
	if got := strings.Join(installtest.List(t, s), " "); got != "installs/7" {
		t.Errorf("there are %s", got)
	}
}

// Of two transactions that change one install, the second sees what the first has kept.
func TestSaveTxWaits(t *testing.T) {
	t.Parallel()
	s, url := seven(t)
	pool, err := s.Pool(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer first.Rollback(context.Background())
	if err := s.SaveTx(t.Context(), first, "7", with("first", nil)); err != nil {
		t.Fatal(err)
	}
	seen := make(chan string, 1)
	go func() {
		seen <- func() (token string) {
			err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
				return s.SaveTx(t.Context(), tx, "7", func(old *install.Install) (*install.Install, error) {
					token = old.Token
					return old, nil
				})
			})
			if err != nil {
				t.Error(err)
			}
			return token
		}()
	}()
	for answer[int](t, url, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == 0 {
		if len(seen) > 0 {
			t.Fatal("the second one did not wait")
		}
	}
	if err := first.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := <-seen; got != "first" {
		t.Errorf("the second one saw the token %q", got)
	}
}

// What is not made leaves nothing behind, and neither does a probe; what a killed process left is no install, and is
// cleared away.
func TestPlaces(t *testing.T) {
	t.Parallel()
	s, url := seven(t)
	stop := errors.New("stop")
	if err := s.Update(t.Context(), "8", func(*install.Install) (*install.Install, error) { return nil, stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
	if err := s.Probe(t.Context()); err != nil {
		t.Error(err)
	}
	const rows = "SELECT (SELECT count(*) FROM segctl_installs) * 100 + (SELECT count(*) FROM segctl_secrets)"
	if n := answer[int](t, url, rows); n != 100 {
		t.Errorf("installs and secrets: %d, want 100", n)
	}
	ask(t, url, `INSERT INTO segctl_installs (profile, name, lease, lease_until) VALUES
		('default', 'installs/8', 'gone', now() - interval '2 h'), ('default', 'installs/9', 'held', now() + interval '1 h')`)
	if got := strings.Join(installtest.List(t, s), " "); got != "installs/7" {
		t.Errorf("there are %s", got)
	}
	if _, err := s.Get(t.Context(), "8"); !errors.Is(err, install.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if err := s.Use(t.Context(), "8"); !errors.Is(err, install.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if err := s.Add(t.Context(), []install.Card{{Name: "installs/10"}}); err != nil {
		t.Error(err)
	}
	if names := answer[string](t, url, "SELECT string_agg(name, ' ' ORDER BY name) FROM segctl_installs"); names != "installs/10 installs/7 installs/9" {
		t.Errorf("rows: %s", names)
	}
}
