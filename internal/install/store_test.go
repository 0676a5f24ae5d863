package install

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/wire"
)

func named(t *testing.T, name string) Install {
	t.Helper()
	g := grant("token-of-" + strings.ReplaceAll(name, "/", "-"))
	g.InstallName = name
	i, err := New(g, binding(), noon)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func remove(t *testing.T, s Store, name string) {
	t.Helper()
	if err := s.Update(context.Background(), name, func(*Install) (*Install, error) { return nil, nil }); err != nil {
		t.Fatal(err)
	}
}

// list returns the names of the installs in a store.
func list(t *testing.T, s Store) []string {
	t.Helper()
	cards, err := s.Cards(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range cards {
		names = append(names, c.Name)
	}
	return names
}

func TestStores(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) Store{
		"memory":       func(*testing.T) Store { return NewMemory() },
		"memory vault": func(t *testing.T) Store { return Open(t.TempDir(), "default", &MemoryVault{}, nil) },
		"files":        func(t *testing.T) Store { return openFiles(t.TempDir()) },
		"keyring":      func(t *testing.T) Store { return Open(t.TempDir(), "default", &Keyring{system: &fakeKeyring{}}, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testStore(t, open(t))
		})
	}
}

func testStore(t *testing.T, s Store) {
	ctx := context.Background()
	state := func(current string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, list(t, s)); diff != "" {
			t.Errorf("names (-want +got):\n%s", diff)
		}
		in, err := s.Current(ctx)
		if in != current || (current == "") != errors.Is(err, ErrNotFound) {
			t.Errorf("current: %q, %v; want %q", in, err, current)
		}
	}
	state("")
	if _, err := s.Get(ctx, "7"); !errors.Is(err, ErrNotFound) {
		t.Errorf("Get: %v", err)
	}
	if _, err := s.Card(ctx, "7"); !errors.Is(err, ErrNotFound) {
		t.Errorf("Card: %v", err)
	}
	if err := s.Use(ctx, "7"); !errors.Is(err, ErrNotFound) {
		t.Errorf("Use: %v", err)
	}
	if err := s.Probe(ctx); err != nil {
		t.Errorf("Probe: %v", err)
	}
	state("")
	seven := named(t, "installs/7")
	put(t, s, seven)
	put(t, s, named(t, "installs/10"))
	put(t, s, named(t, "installs/8"))
	state("installs/7", "installs/10", "installs/7", "installs/8")
	got, err := s.Get(ctx, "install/7")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(seven, got); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
	card, err := s.Card(ctx, "install/7")
	if diff := cmp.Diff(seven.Card, card); diff != "" || err != nil {
		t.Errorf("card (-want +got):\n%s, %v", diff, err)
	}
	if err := s.Use(ctx, "8"); err != nil {
		t.Error(err)
	}
	state("installs/8", "installs/10", "installs/7", "installs/8")
	remove(t, s, "installs/8")
	state("", "installs/10", "installs/7")
	remove(t, s, "installs/10")
	state("installs/7", "installs/7")
	stop := errors.New("stop")
	calls := 0
	err = s.Update(ctx, "7", func(old *Install) (*Install, error) {
		calls++
		return nil, stop
	})
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("a change that fails: %v after %d calls", err, calls)
	}
	state("installs/7", "installs/7")
	remove(t, s, "installs/404")
	var bad *wire.InstallNameError
	if err := s.Update(ctx, "../7", nil); !errors.As(err, &bad) {
		t.Errorf("a bad name: %v", err)
	}
}

func TestUpdateIsExclusive(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]Store{"memory": NewMemory(), "files": openFiles(t.TempDir())} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			put(t, s, named(t, "installs/7"))
			var all sync.WaitGroup
			for range 50 {
				all.Go(func() {
					err := s.Update(ctx, "7", func(old *Install) (*Install, error) {
						i := *old
						i.App += "x"
						return &i, nil
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if i, err := s.Get(ctx, "7"); err != nil || i.App != "apps/2"+strings.Repeat("x", 50) {
				t.Errorf("an update was lost: %q, %v", i.App, err)
			}
			// Whoever waits for the record stops when told to.
			err := s.Update(ctx, "7", func(old *Install) (*Install, error) {
				waiting, stop := context.WithCancel(ctx)
				stop()
				if err := s.Update(waiting, "7", nil); !errors.Is(err, context.Canceled) {
					t.Errorf("waiting for a record that is held: %v", err)
				}
				return old, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// A token that has been obtained is saved even if the command is interrupted at that moment.
func TestInterruptedUpdateIsSaved(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]Store{
		"memory":  NewMemory(),
		"files":   openFiles(t.TempDir()),
		"keyring": Open(t.TempDir(), "default", &Keyring{system: &fakeKeyring{}}, nil),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, interrupt := context.WithCancel(context.Background())
			seven := named(t, "installs/7")
			err := s.Update(ctx, "7", func(*Install) (*Install, error) {
				interrupt()
				return &seven, nil
			})
			if err != nil {
				t.Error(err)
			}
			if i, err := s.Get(context.Background(), "7"); err != nil || i.Token != seven.Token {
				t.Errorf("%q, %v", i.Token, err)
			}
		})
	}
}
