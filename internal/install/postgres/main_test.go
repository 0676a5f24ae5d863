package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/installtest"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/install/postgres/pgtest"
	"github.com/segctl/segctl/internal/seal"
)

func TestMain(m *testing.M) {
	if name := os.Getenv(helperVariable); name != "" {
		if err := helpers()[name](os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(pgtest.Main(m))
}

// another returns another store in the same place, as another machine has it: with its own connections and the same keys.
func another(t *testing.T, url string, like *postgres.Store) *postgres.Store {
	t.Helper()
	s := postgres.New(postgres.Options{
		URL: url, Profile: "default", Keys: like.Keys(), Choice: install.ChoiceIn(filepath.Join(t.TempDir(), "current")),
	})
	t.Cleanup(s.Close)
	return s
}

// ask runs a statement over a connection of its own.
func ask(t *testing.T, url, sql string, args ...any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// answer returns the one value that a statement returns.
func answer[T any](t *testing.T, url, sql string, args ...any) T {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var v T
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// kindOf returns the kind of a store's error, and fails where it is none.
func kindOf(t *testing.T, err error) install.Kind {
	t.Helper()
	e, ok := errors.AsType[*install.StoreError](err)
	if !ok {
		t.Fatalf("not an error of the store: %v", err)
	}
	return e.Kind
}

// with returns a change that gives an install another token.
func with(token string, meanwhile func()) func(*install.Install) (*install.Install, error) {
	return func(old *install.Install) (*install.Install, error) {
		if old == nil {
			return nil, errors.New("the install is lost")
		}
		if meanwhile != nil {
			meanwhile()
		}
		i := *old
		i.Token, i.ObtainedAt = token, time.Date(2026, 3, 1, 13, 0, 0, 0, time.UTC)
		return &i, nil
	}
}

// wantToken compares the token of installs/7.
func wantToken(t *testing.T, s install.Store, want string) {
	t.Helper()
	if i, err := s.Get(t.Context(), "7"); err != nil || i.Token != want {
		t.Errorf("the token is %q, %v; want %q", i.Token, err, want)
	}
}

// seven returns a store with installs/7 in it, and its database.
func seven(t *testing.T) (*postgres.Store, string) {
	t.Helper()
	url := pgtest.Database(t)
	s := pgtest.Store(t, url)
	installtest.Put(t, s, installtest.Named(t, "installs/7"))
	return s, url
}

func newKeys(t *testing.T) (identity, recipient string) {
	t.Helper()
	identity, recipient, err := seal.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return identity, recipient
}
