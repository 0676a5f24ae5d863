package install

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDamagedRecords(t *testing.T) {
	t.Parallel()
	good, err := encodeRecord(named(t, "installs/8"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, data string
		kind       Kind
	}{
		{"empty", "", Corrupt},
		{"truncated", string(good[:len(good)/2]), Corrupt},
		{"not JSON", "hello", Corrupt},
		{"of another install", string(good), Corrupt},
		{"newer", `{"v":2,"sealed":"…"}`, Newer},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, vault := context.Background(), &MemoryVault{}
			s := Open(t.TempDir(), "default", vault)
			put(t, s, named(t, "installs/7"))
			if err := vault.Set(ctx, "default/installs/7", []byte(c.data)); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Get(ctx, "7"); !isKind(err, c.kind) || !strings.Contains(err.Error(), "default/installs/7") {
				t.Errorf("Get: %v", err)
			}
			if names, err := s.List(ctx); err != nil || len(names) != 1 {
				t.Errorf("List: %q, %v; it can be replaced or removed only if it is named", names, err)
			}
			seven := named(t, "installs/7")
			err := s.Update(ctx, "7", func(old *Install) (*Install, error) { return &seven, nil })
			if c.kind == Newer {
				kept, _ := vault.Get(ctx, "default/installs/7")
				if !isKind(err, Newer) || string(kept) != c.data {
					t.Errorf("what a newer segctl wrote became %s, %v", kept, err)
				}
				return
			}
			if err != nil {
				t.Errorf("it cannot be replaced: %v", err)
			}
			if err := vault.Set(ctx, "default/installs/7", []byte(c.data)); err != nil {
				t.Fatal(err)
			}
			remove(t, s, "7")
			if _, err := s.Get(ctx, "7"); !errors.Is(err, ErrNotFound) {
				t.Errorf("it cannot be removed: %v", err)
			}
		})
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
		{"huge", strings.Repeat(" ", maxFile+1), Corrupt},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, dir := context.Background(), t.TempDir()
			s := openFiles(dir)
			put(t, s, named(t, "installs/7"))
			file := filepath.Join(dir, "installs", "default.json")
			if err := os.WriteFile(file, []byte(c.data), 0o600); err != nil {
				t.Fatal(err)
			}
			_, listing := s.List(ctx)
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
			if names, err := s.List(ctx); err != nil || !cmp.Equal(names, []string{"installs/7"}) {
				t.Errorf("after the recovery: %q, %v", names, err)
			}
		})
	}
}
