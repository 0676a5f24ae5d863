package install

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func named(t *testing.T, name string) Install {
	t.Helper()
	g := grant("token-of-" + strings.ReplaceAll(name, "/", "-"))
	g.InstallName = name
	i, err := New(g, "client", testOrigin, noon)
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

func TestStores(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) Store{
		"memory":       func(*testing.T) Store { return NewMemory() },
		"memory vault": func(t *testing.T) Store { return Open(t.TempDir(), "default", &MemoryVault{}) },
		"files":        func(t *testing.T) Store { return openFiles(t.TempDir()) },
		"keyring":      func(t *testing.T) Store { return Open(t.TempDir(), "default", &Keyring{system: &fakeKeyring{}}) },
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
		got, err := s.List(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
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
	if err := s.Use(ctx, "7"); !errors.Is(err, ErrNotFound) {
		t.Errorf("Use: %v", err)
	}
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
	var bad *NameError
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
	s := openFiles(t.TempDir())
	ctx, interrupt := context.WithCancel(context.Background())
	seven := named(t, "installs/7")
	err := s.Update(ctx, "7", func(*Install) (*Install, error) {
		interrupt()
		return &seven, nil
	})
	if err != nil {
		t.Error(err)
	}
	if _, err := s.Get(context.Background(), "7"); err != nil {
		t.Error(err)
	}
}

// watchedVault calls back before it changes anything.
type watchedVault struct {
	Vault
	before func()
}

func (v watchedVault) Set(ctx context.Context, account string, secret []byte) error {
	v.before()
	return v.Vault.Set(ctx, account, secret)
}

func (v watchedVault) Delete(ctx context.Context, account string) error {
	v.before()
	return v.Vault.Delete(ctx, account)
}

// Wherever a process is killed, a record that a keyring keeps is named in the index, for nothing else can find it.
func TestRecordIsNeverWithoutName(t *testing.T) {
	t.Parallel()
	dir, changes := t.TempDir(), 0
	s := Open(dir, "default", watchedVault{&MemoryVault{}, func() {
		changes++
		data, err := os.ReadFile(filepath.Join(dir, "installs", "default.json"))
		if err != nil || !strings.Contains(string(data), `"installs":["installs/7"]`) {
			t.Errorf("change %d: the index is %s, %v", changes, data, err)
		}
	}})
	put(t, s, named(t, "installs/7"))
	remove(t, s, "installs/7")
	if changes != 2 {
		t.Errorf("%d changes, want 2", changes)
	}
}

func TestNameWithoutRecordIsCleared(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openFiles(dir)
	ctx := context.Background()
	put(t, s, named(t, "installs/7"))
	// Killed between index and record: the name is there, the record is not.
	if err := os.Remove(filepath.Join(dir, "secrets", "default+installs+7")); err != nil {
		t.Fatal(err)
	}
	put(t, s, named(t, "installs/8"))
	if current, err := s.Current(ctx); err != nil || current != "installs/8" {
		t.Errorf("current: %q, %v; the first install that was really saved is installs/8", current, err)
	}
	put(t, s, named(t, "installs/9"))
	if err := os.Remove(filepath.Join(dir, "secrets", "default+installs+9")); err != nil {
		t.Fatal(err)
	}
	if got, err := s.List(ctx); err != nil || !cmp.Equal(got, []string{"installs/8"}) {
		t.Errorf("names: %q, %v", got, err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "installs", "default.json"))
	if err != nil || string(data) != `{"v":1,"current":"installs/8","installs":["installs/8"]}` {
		t.Errorf("index: %s, %v", data, err)
	}
}
