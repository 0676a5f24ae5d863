package postgres_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/install/postgres/pgtest"
)

func newStore(t *testing.T, url string) *postgres.Store {
	t.Helper()
	s := postgres.New(postgres.Options{URL: url, Profile: "default", Keys: pgtest.Keys(t)})
	t.Cleanup(s.Close)
	return s
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	s := newStore(t, url)
	_, err := s.Cards(t.Context())
	if kindOf(t, err) != install.NotMigrated {
		t.Errorf("an empty database: %v", err)
	}
	one := postgres.Schema{Component: "test", Steps: []string{"CREATE TABLE test (n int)"}}
	two := postgres.Schema{Component: "test", Steps: append(one.Steps, "INSERT INTO test VALUES (1); INSERT INTO test VALUES (2)")}
	if applied, err := s.Migrate(t.Context(), one); err != nil || !cmp.Equal(applied, []string{"store 1", "test 1"}) {
		t.Fatalf("%q, %v", applied, err)
	}
	if err := s.CheckSchema(t.Context(), one); err != nil {
		t.Error(err)
	}
	if err := s.CheckSchema(t.Context(), two); kindOf(t, err) != install.NotMigrated {
		t.Errorf("an older schema: %v", err)
	}
	if applied, err := s.Migrate(t.Context(), two); err != nil || !cmp.Equal(applied, []string{"test 2"}) {
		t.Errorf("%q, %v", applied, err)
	}
	if applied, err := s.Migrate(t.Context(), two); err != nil || len(applied) > 0 {
		t.Errorf("%q, %v", applied, err)
	}
	// An older binary leaves a newer schema alone, and does nothing at all.
	if err := s.CheckSchema(t.Context(), one); kindOf(t, err) != install.Newer {
		t.Errorf("a newer schema: %v", err)
	}
	other := postgres.Schema{Component: "other", Steps: []string{"CREATE TABLE other (n int)"}}
	if _, err := s.Migrate(t.Context(), other, one); kindOf(t, err) != install.Newer {
		t.Errorf("a newer schema: %v", err)
	}
	if n := answer[int](t, url, "SELECT count(*) FROM pg_class WHERE relname = 'other'"); n != 0 {
		t.Error("something was changed all the same")
	}
	// A step that fails leaves nothing of itself.
	bad := postgres.Schema{Component: "bad", Steps: []string{"CREATE TABLE kept (n int)", "CREATE TABLE half (n int); SELECT nonsense"}}
	if _, err := s.Migrate(t.Context(), bad); err == nil {
		t.Error("nonsense was applied")
	}
	if n := answer[int](t, url, "SELECT count(*) FROM pg_class WHERE relname IN ('half', 'kept')"); n != 1 {
		t.Errorf("%d tables, want the first alone", n)
	}
	if v := answer[int](t, url, "SELECT version FROM segctl_schema WHERE component = 'bad'"); v != 1 {
		t.Errorf("version %d", v)
	}
}

// The store itself refuses a database whose schema is newer, whatever is asked of it.
func TestNewerSchema(t *testing.T) {
	t.Parallel()
	_, url := seven(t)
	ask(t, url, "UPDATE segctl_schema SET version = version + 1 WHERE component = 'store'")
	s := newStore(t, url)
	for _, err := range []error{
		errorOf(s.Cards(t.Context())), errorOf(s.Get(t.Context(), "7")), errorOf(s.Current(t.Context())), s.Probe(t.Context()),
		s.Update(t.Context(), "7", nil), s.Add(t.Context(), []install.Card{{Name: "installs/8"}}), errorOf(s.Rotate(t.Context(), 1)),
		errorOf(s.Migrate(t.Context())), s.Vault().Set(t.Context(), "default/x", []byte("x")), s.Ready(t.Context()),
	} {
		if kindOf(t, err) != install.Newer {
			t.Errorf("got %v", err)
		}
	}
	if v := answer[int](t, url, "SELECT version FROM segctl_schema WHERE component = 'store'"); v != postgres.OwnSteps()+1 {
		t.Errorf("version %d", v)
	}
}

// Several that migrate at once apply each step once.
func TestMigrateAtOnce(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	more := postgres.Schema{Component: "test", Steps: []string{"CREATE TABLE test (n int)", "INSERT INTO test VALUES (1)", "INSERT INTO test VALUES (2)"}}
	var mu sync.Mutex
	var all []string
	var running sync.WaitGroup
	for range 8 {
		s := newStore(t, url)
		running.Go(func() {
			applied, err := s.Migrate(t.Context(), more)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, applied...)
		})
	}
	running.Wait()
	if diff := cmp.Diff([]string{"store 1", "test 1", "test 2", "test 3"}, all); diff != "" {
		t.Errorf("applied (-want +got):\n%s", diff)
	}
	if n := answer[int](t, url, "SELECT count(*) FROM test"); n != 2 {
		t.Errorf("%d rows", n)
	}
}
