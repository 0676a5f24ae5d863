package install

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// writeIndex leaves what an earlier version kept: an index, and records of the first version.
func writeIndex(t *testing.T, dir, data string, installs ...string) (index string) {
	t.Helper()
	vault := Files{Dir: dir}
	for _, name := range installs {
		record := strings.Replace(firstVersion, "installs/7", name, 1)
		if err := vault.Set(context.Background(), "default/"+name, []byte(record)); err != nil {
			t.Fatal(err)
		}
	}
	index = filepath.Join(dir, "installs", "default.json")
	if err := os.MkdirAll(filepath.Dir(index), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(index, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return index
}

const threeInstalls = `{"v":1,"current":"installs/8","installs":["installs/10","installs/7","installs/8"]}`

func TestIndexIsMigrated(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, first := range map[string]func(*testing.T, Store){
		"by listing":  func(t *testing.T, s Store) { list(t, s) },
		"by current":  func(_ *testing.T, s Store) { _, _ = s.Current(ctx) },
		"by a card":   func(_ *testing.T, s Store) { _, _ = s.Card(ctx, "7") },
		"by choosing": func(_ *testing.T, s Store) { _ = s.Use(ctx, "8") },
		"by adding":   func(_ *testing.T, s Store) { _ = s.Add(ctx, nil) },
		"by a change": func(t *testing.T, s Store) {
			_ = s.Update(ctx, "8", func(old *Install) (*Install, error) { return old, nil })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			index := writeIndex(t, dir, threeInstalls, "installs/7", "installs/8") // 10 has no record
			s := openFiles(dir)
			first(t, s)
			if _, err := os.Lstat(index); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the index is still there: %v", err)
			}
			if names := list(t, s); !cmp.Equal(names, []string{"installs/7", "installs/8"}) {
				t.Errorf("listed: %q", names)
			}
			if current, err := s.Current(ctx); err != nil || current != "installs/8" {
				t.Errorf("current: %q, %v", current, err)
			}
			want := installed(t, "token", noon)
			want.Issuer = ""
			got, err := s.Get(ctx, "7")
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v\n%s", err, diff)
			}
			card, err := s.Card(ctx, "7")
			if diff := cmp.Diff(want.Card, card); diff != "" || err != nil {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

// A migration that was cut short is done again, and does not undo what has been changed since.
func TestMigrationIsRepeated(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), t.TempDir()
	s := openFiles(dir)
	writeIndex(t, dir, threeInstalls, "installs/7", "installs/8")
	list(t, s)
	err := s.Update(ctx, "7", func(old *Install) (*Install, error) {
		old.Label = "acme"
		return old, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Use(ctx, "7"); err != nil {
		t.Fatal(err)
	}
	writeIndex(t, dir, threeInstalls)
	if card, err := s.Card(ctx, "7"); err != nil || card.Label != "acme" {
		t.Errorf("card: %+v, %v", card, err)
	}
	if current, err := s.Current(ctx); err != nil || current != "installs/7" {
		t.Errorf("current: %q, %v", current, err)
	}
}

func TestMigrationWaitsForALockedVault(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), t.TempDir()
	index := writeIndex(t, dir, threeInstalls, "installs/7", "installs/8")
	system := &fakeKeyring{err: errors.New("locked")}
	s := Open(dir, "default", &Keyring{system: system}, nil)
	if _, err := s.Cards(ctx); !isKind(err, Failed) {
		t.Errorf("Cards: %v", err)
	}
	if _, err := os.Lstat(index); err != nil {
		t.Errorf("the names are lost: %v", err)
	}
}

func TestMigrationKeepsDamagedRecords(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), t.TempDir()
	writeIndex(t, dir, threeInstalls, "installs/7")
	if err := (Files{Dir: dir}).Set(ctx, "default/installs/8", []byte("{")); err != nil {
		t.Fatal(err)
	}
	s := openFiles(dir)
	if names := list(t, s); !cmp.Equal(names, []string{"installs/7", "installs/8"}) {
		t.Errorf("listed: %q", names)
	}
	if _, err := s.Get(ctx, "8"); !isKind(err, Corrupt) {
		t.Errorf("Get: %v", err)
	}
}

func TestDamagedIndex(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, data string
		kind       Kind
	}{
		{"empty", "", Corrupt},
		{"truncated", `{"v":1,"current":"installs/7","inst`, Corrupt},
		{"not ours", `["installs/7"]`, Corrupt},
		{"impossible", `{"v":1,"current":"installs/8","installs":["installs/7"]}`, Corrupt},
		{"names climb", `{"v":1,"installs":["../7"]}`, Corrupt},
		{"newer", `{"v":2,"installs":{"installs/7":{}}}`, Newer},
		{"huge", strings.Repeat(" ", 1<<20+1), Corrupt},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, dir := context.Background(), t.TempDir()
			s := openFiles(dir)
			file := writeIndex(t, dir, c.data, "installs/7")
			_, listing := s.Cards(ctx)
			_, asking := s.Current(ctx)
			called := false
			updating := s.Update(ctx, "7", func(old *Install) (*Install, error) {
				called = true
				return old, nil
			})
			for _, err := range []error{listing, asking, updating, s.Use(ctx, "7")} {
				var bad *StoreError
				if !errors.As(err, &bad) || bad.Kind != c.kind || bad.Path != file || !strings.Contains(err.Error(), file) {
					t.Errorf("%v", err)
				}
			}
			if called {
				t.Error("a token may have been refreshed that cannot be saved")
			}
			if data, err := os.ReadFile(file); err != nil || string(data) != c.data {
				t.Errorf("the index was overwritten: %v", err)
			}
			// The record is still there by its name, and the way back is to remove the file.
			if _, err := s.Get(ctx, "7"); err != nil {
				t.Error(err)
			}
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
			put(t, s, named(t, "installs/7"))
			if names := list(t, s); !cmp.Equal(names, []string{"installs/7"}) {
				t.Errorf("after the recovery: %q", names)
			}
		})
	}
}
