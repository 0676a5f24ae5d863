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
	good, err := EncodeRecord(named(t, "installs/8"))
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
		{"newer", `{"v":3,"sealed":"…"}`, Newer},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, vault := context.Background(), &MemoryVault{}
			s := Open(t.TempDir(), "default", vault, nil)
			put(t, s, named(t, "installs/7"))
			if err := vault.Set(ctx, "default/installs/7", []byte(c.data)); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Get(ctx, "7"); !isKind(err, c.kind) || !strings.Contains(err.Error(), "default/installs/7") {
				t.Errorf("Get: %v", err)
			}
			if names := list(t, s); len(names) != 1 {
				t.Errorf("listed: %q; it can be replaced or removed only if it is named", names)
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

// A damaged record has a card that still says whose it is, so that no other server's install takes its place.
func TestCardOfADamagedRecord(t *testing.T) {
	t.Parallel()
	ctx, vault := context.Background(), &MemoryVault{}
	s := Open(t.TempDir(), "default", vault, nil)
	seven := named(t, "installs/7")
	put(t, s, seven)
	if err := vault.Set(ctx, "default/installs/7", []byte("{")); err != nil {
		t.Fatal(err)
	}
	err := s.Update(ctx, "7", func(old *Install) (*Install, error) {
		if old == nil {
			return nil, errors.New("nothing is known of it")
		}
		if diff := cmp.Diff(Install{Card: seven.Card}, *old); diff != "" {
			t.Error(diff)
		}
		old.Label = "acme"
		return old, nil
	})
	if err != nil {
		t.Error(err)
	}
	if i, err := s.Get(ctx, "7"); err != nil || i.Token != "" || i.Label != "acme" {
		t.Errorf("it should need its first token: %q, %q, %v", i.Token, i.Label, err)
	}
}

func TestDamagedCards(t *testing.T) {
	t.Parallel()
	good, err := EncodeCard(named(t, "installs/8").Card)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, data string
		kind       Kind
	}{
		{"empty", "", Corrupt},
		{"truncated", `{"v":2,"name":"installs/7","la`, Corrupt},
		{"not ours", `["installs/7"]`, Corrupt},
		{"of another install", string(good), Corrupt},
		{"name climbs", `{"v":2,"name":"../7"}`, Corrupt},
		{"huge", strings.Repeat(" ", 1<<20+1), Corrupt},
		{"newer", `{"v":3,"name":["installs/7"]}`, Newer},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, dir := context.Background(), t.TempDir()
			s := openFiles(dir)
			put(t, s, named(t, "installs/7"))
			put(t, s, named(t, "installs/8"))
			file := filepath.Join(dir, "installs", "default", "installs+7.json")
			spoil := func() {
				t.Helper()
				if err := os.WriteFile(file, []byte(c.data), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			spoil()
			if c.kind == Newer {
				_, listing := s.Cards(ctx)
				_, asking := s.Card(ctx, "7")
				updating := s.Update(ctx, "7", func(old *Install) (*Install, error) {
					t.Error("a token may have been refreshed that cannot be saved")
					return old, nil
				})
				for _, err := range []error{listing, asking, updating, s.Use(ctx, "7")} {
					var bad *StoreError
					if !errors.As(err, &bad) || bad.Kind != Newer || bad.Path != file || bad.Item != "default/installs/7" {
						t.Errorf("%v", err)
					}
				}
				if data, err := os.ReadFile(file); err != nil || string(data) != c.data {
					t.Errorf("what a newer segctl wrote became %s, %v", data, err)
				}
				return
			}
			// The record is the truth.
			want := named(t, "installs/7").Card
			if got, err := s.Card(ctx, "7"); err != nil || !cmp.Equal(got, want) {
				t.Errorf("Card: %+v, %v", got, err)
			}
			if names := list(t, s); !cmp.Equal(names, []string{"installs/7", "installs/8"}) {
				t.Errorf("listed: %q", names)
			}
			if err := s.Update(ctx, "7", func(old *Install) (*Install, error) { return old, nil }); err != nil {
				t.Error(err)
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := DecodeCard(data, "installs/7"); err != nil || !cmp.Equal(got, want) {
				t.Errorf("the card that was written again: %s, %v", data, err)
			}
			// Without a record, the damage is told, and the install can be replaced or removed.
			spoil()
			if err := os.Remove(filepath.Join(dir, "secrets", "default+installs+7")); err != nil {
				t.Fatal(err)
			}
			for _, ask := range []func() error{
				func() error { _, err := s.Cards(ctx); return err },
				func() error { _, err := s.Card(ctx, "7"); return err },
				func() error { _, err := s.Get(ctx, "7"); return err },
			} {
				var bad *StoreError
				if err := ask(); !errors.As(err, &bad) || bad.Kind != Corrupt || bad.Path != file || bad.Item != "default/installs/7" {
					t.Errorf("%v", err)
				}
			}
			put(t, s, named(t, "installs/7"))
			spoil()
			remove(t, s, "7")
			if names := list(t, s); !cmp.Equal(names, []string{"installs/8"}) {
				t.Errorf("after the removal: %q", names)
			}
		})
	}
}

func TestDamagedChoice(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"", "installs/7", `{"v":1,"name":"../7"}`, `{"v":1,"name":"installs/404"}`, `{"v":1`, "newer"} {
		t.Run(data, func(t *testing.T) {
			t.Parallel()
			ctx, dir := context.Background(), t.TempDir()
			s := openFiles(dir)
			put(t, s, named(t, "installs/7"))
			put(t, s, named(t, "installs/8"))
			file := filepath.Join(dir, "installs", "default", "current")
			if data == "newer" {
				data = `{"v":2,"name":"installs/7"}`
			}
			if err := os.WriteFile(file, []byte(data), 0o600); err != nil {
				t.Fatal(err)
			}
			current, err := s.Current(ctx)
			if data == `{"v":2,"name":"installs/7"}` {
				if !isKind(err, Newer) {
					t.Errorf("Current: %q, %v", current, err)
				}
			} else if !errors.Is(err, ErrNotFound) {
				t.Errorf("nothing is certain, but: %q, %v", current, err)
			}
			if err := s.Use(ctx, "7"); err != nil {
				t.Error(err)
			}
			if current, err := s.Current(ctx); err != nil || current != "installs/7" {
				t.Errorf("after Use: %q, %v", current, err)
			}
		})
	}
}
