package install

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// watchedVault tells each call before it happens.
type watchedVault struct {
	Vault
	told func(op, account string)
}

func (v watchedVault) Get(ctx context.Context, account string) ([]byte, error) {
	v.told("get", account)
	return v.Vault.Get(ctx, account)
}

func (v watchedVault) Set(ctx context.Context, account string, secret []byte) error {
	v.told("set", account)
	return v.Vault.Set(ctx, account, secret)
}

func (v watchedVault) Delete(ctx context.Context, account string) error {
	v.told("delete", account)
	return v.Vault.Delete(ctx, account)
}

func (v watchedVault) Prepare(_ context.Context, account string, _ []byte, _ int) (Pending, error) {
	v.told("prepare", account)
	return pendingSet{v, account}, nil
}

// Wherever a process is killed, a record that a keyring keeps has a card, for nothing else can find it.
func TestRecordIsNeverWithoutCard(t *testing.T) {
	t.Parallel()
	dir, changes := t.TempDir(), 0
	s := Open(dir, "default", watchedVault{&MemoryVault{}, func(op, account string) {
		if op != "set" && op != "delete" {
			return
		}
		changes++
		data, err := os.ReadFile(filepath.Join(dir, "installs", "default", "installs+7.json"))
		if err != nil || !strings.Contains(string(data), `"name":"installs/7"`) {
			t.Errorf("%s %s: the card is %s, %v", op, account, data, err)
		}
	}}, nil)
	put(t, s, named(t, "installs/7"))
	remove(t, s, "installs/7")
	if changes != 2 {
		t.Errorf("%d changes, want 2", changes)
	}
}

// Killed between card and record, an install is there, and needs its first token.
func TestCardWithoutRecord(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), t.TempDir()
	s := openFiles(dir)
	seven := named(t, "installs/7")
	put(t, s, seven)
	put(t, s, named(t, "installs/8"))
	if err := os.Remove(filepath.Join(dir, "secrets", "default+installs+7")); err != nil {
		t.Fatal(err)
	}
	if names := list(t, s); !cmp.Equal(names, []string{"installs/7", "installs/8"}) {
		t.Errorf("listed: %q", names)
	}
	got, err := s.Get(ctx, "7")
	if diff := cmp.Diff(Install{Card: seven.Card}, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	from := &issuer{}
	from.want(t, renewer(s, from, &clock{now: noon}), "", "token-1", 1)
}

// A record whose card was lost is found by its name, and gets a card again when it changes.
func TestRecordWithoutCard(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), t.TempDir()
	s := openFiles(dir)
	put(t, s, named(t, "installs/7"))
	if err := os.RemoveAll(filepath.Join(dir, "installs")); err != nil {
		t.Fatal(err)
	}
	if i, err := s.Get(ctx, "7"); err != nil || i.Token == "" {
		t.Errorf("Get: %q, %v", i.Token, err)
	}
	if err := s.Update(ctx, "7", func(old *Install) (*Install, error) { return old, nil }); err != nil {
		t.Error(err)
	}
	if card, err := s.Card(ctx, "7"); err != nil || !cmp.Equal(card, named(t, "installs/7").Card) {
		t.Errorf("Card: %+v, %v", card, err)
	}
}

func TestListingReadsNoSecret(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var asked []string
	s := Open(t.TempDir(), "default", watchedVault{&MemoryVault{}, func(op, account string) {
		asked = append(asked, op+" "+account)
	}}, nil)
	put(t, s, named(t, "installs/7"))
	put(t, s, named(t, "installs/8"))
	asked = nil
	list(t, s)
	if _, err := s.Card(ctx, "7"); err != nil {
		t.Error(err)
	}
	if err := s.Use(ctx, "8"); err != nil {
		t.Error(err)
	}
	if _, err := s.Current(ctx); err != nil {
		t.Error(err)
	}
	if err := s.Add(ctx, []Card{{Name: "installs/9"}, named(t, "installs/7").Card}); err != nil {
		t.Error(err)
	}
	if len(asked) > 0 {
		t.Errorf("the vault was asked: %q", asked)
	}
}

// A refresh touches the card, the record and the lock of its own install, and no other file.
func TestRefreshTouchesItsOwnFilesOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, from := openFiles(dir), &issuer{}
	put(t, s, named(t, "installs/7"))
	put(t, s, named(t, "installs/8"))
	state := func() map[string]string {
		found := map[string]string{}
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			info, err := d.Info()
			data, _ := os.ReadFile(path)
			name, _ := filepath.Rel(dir, path)
			found[name] = fmt.Sprint(info.ModTime(), string(data))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	before := state()
	r := renewer(s, from, &clock{now: noon.Add(time.Minute)})
	r.Name = "installs/7"
	if _, err := r.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	changed := map[string]bool{}
	for name, now := range state() {
		if before[name] != now {
			changed[name] = true
		}
	}
	delete(changed, filepath.Join("locks", "default+installs+7")) // where the process may have written its id anew
	want := map[string]bool{
		filepath.Join("installs", "default", "installs+7.json"): true, filepath.Join("secrets", "default+installs+7"): true,
	}
	if diff := cmp.Diff(want, changed); diff != "" {
		t.Error(diff)
	}
}

func TestStoreIsWrittenBeforeTheChange(t *testing.T) {
	t.Parallel()
	var asked []string
	s := Open(t.TempDir(), "default", watchedVault{&MemoryVault{}, func(op, account string) {
		asked = append(asked, op+" "+account)
	}}, nil)
	put(t, s, named(t, "installs/7"))
	asked = nil
	err := s.Update(t.Context(), "7", func(old *Install) (*Install, error) {
		asked = append(asked, "change")
		changed := *old
		changed.Token = "new"
		return &changed, nil
	})
	want := []string{"get default/installs/7", "prepare default/installs/7", "change", "set default/installs/7"}
	if diff := cmp.Diff(want, asked); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestFirstInstallIsCurrent(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, s := range map[string]Store{"memory": NewMemory(), "files": openFiles(t.TempDir())} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			put(t, s, named(t, "installs/7"))
			put(t, s, named(t, "installs/8"))
			remove(t, s, "7") // 8 is the current one now, by being the only one
			put(t, s, named(t, "installs/6"))
			if current, err := s.Current(ctx); err != nil || current != "installs/8" {
				t.Errorf("a second install took its place: %q, %v", current, err)
			}
			remove(t, s, "8")
			if err := s.Add(ctx, []Card{{Name: "installs/1"}, {Name: "installs/2"}}); err != nil {
				t.Fatal(err)
			}
			if current, err := s.Current(ctx); err != nil || current != "installs/6" {
				t.Errorf("added installs took its place: %q, %v", current, err)
			}
			remove(t, s, "6")
			put(t, s, named(t, "installs/3"))
			if current, err := s.Current(ctx); !errors.Is(err, ErrNotFound) {
				t.Errorf("nobody chose %q, %v", current, err)
			}
		})
	}
}

func TestAdd(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]Store{"memory": NewMemory(), "files": openFiles(t.TempDir())} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			put(t, s, named(t, "installs/7"))
			put(t, s, named(t, "installs/8"))
			eight := named(t, "installs/8").Card
			added := Card{Name: "installs/9", Label: "nine", Workspaces: []string{"workspaces/beta"}, ClientID: "client"}
			dated := added
			dated.ExpiresAt = noon // of a token that is not there
			err := s.Add(ctx, []Card{
				dated,
				{Name: "installs/7", Label: "seven", Scope: "workspace"},
				{Name: "installs/8", Origin: "https://other.example"},
				{Name: "installs/10"},
			})
			var other *OriginError
			if !errors.As(err, &other) || other.Install != "installs/8" {
				t.Errorf("an install of another server: %v", err)
			}
			seven := named(t, "installs/7")
			seven.Label = "seven"
			for _, want := range []Install{seven, {Card: eight, Token: named(t, "installs/8").Token}, {Card: added}, {Card: Card{Name: "installs/10"}}} {
				got, err := s.Get(ctx, want.Name)
				if diff := cmp.Diff(want, got); diff != "" || err != nil {
					t.Errorf("%s: %v\n%s", want.Name, err, diff)
				}
				card, err := s.Card(ctx, want.Name)
				if diff := cmp.Diff(want.Card, card); diff != "" || err != nil {
					t.Errorf("card of %s: %v\n%s", want.Name, err, diff)
				}
			}
			if err := s.Add(ctx, []Card{{Name: "../7"}}); err == nil {
				t.Error("a name that climbs is accepted")
			}
		})
	}
}

func TestWaiterLearnsForWhomItWaits(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		var told []string
		vault := &MemoryVault{}
		s := Open(dir, "default", vault, func(install string, holder int) {
			told = append(told, fmt.Sprintf("%s %d", install, holder))
		})
		put(t, s, named(t, "installs/7"))
		held, done := make(chan struct{}), make(chan error)
		go func() {
			done <- Open(dir, "default", vault, nil).Update(t.Context(), "7", func(old *Install) (*Install, error) {
				close(held)
				time.Sleep(5 * time.Second)
				return old, nil
			})
		}()
		<-held
		put(t, s, named(t, "installs/8")) // nobody waits for another install
		put(t, s, named(t, "installs/7"))
		if err := <-done; err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{fmt.Sprintf("installs/7 %d", os.Getpid())}, told); diff != "" {
			t.Error(diff)
		}
	})
}

func TestProbe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		system *fakeKeyring
		kind   Kind
	}{
		"refuses": {&fakeKeyring{err: errors.New("who knows")}, Failed},
		"forgets": {&fakeKeyring{forget: true}, NotReadBack},
	} {
		if err := Open(t.TempDir(), "default", &Keyring{system: c.system}, nil).Probe(t.Context()); !isKind(err, c.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	healthy := &fakeKeyring{}
	if err := Open(t.TempDir(), "default", &Keyring{system: healthy}, nil).Probe(t.Context()); err != nil || len(healthy.items) > 0 {
		t.Errorf("%v; left: %q", err, healthy.items)
	}
}
