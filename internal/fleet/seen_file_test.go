package fleet

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/private"
	"github.com/segctl/segctl/internal/problem"
)

func seenFile(t *testing.T) (f SeenFile, path string) {
	dir := t.TempDir()
	return SeenFile{Dir: dir, Profile: "acme corp", API: "https://api.example"}, filepath.Join(dir, "watch", "acme%20corp.json.gz")
}

// see notes healths in the file, and returns what was seen before.
func see(t *testing.T, f SeenFile, healths map[string]destination.Health) map[string]map[string]destination.Health {
	t.Helper()
	before := map[string]map[string]destination.Health{}
	err := f.Update(t.Context(), func(seen *Seen) error {
		for name, of := range seen.healths {
			before[name] = map[string]destination.Health{}
			for key, h := range of {
				before[name][key] = h
			}
		}
		for name, h := range healths {
			seen.note(Target{Card: install.Card{Name: name}}, h)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return before
}

func TestSeenFile(t *testing.T) {
	t.Parallel()
	f, path := seenFile(t)
	if before := see(t, f, map[string]destination.Health{"installs/1": "ok", "installs/2": "missing"}); len(before) != 0 {
		t.Errorf("seen before the first time: %v", before)
	}
	want := map[string]map[string]destination.Health{"installs/1": {"  ": "ok"}, "installs/2": {"  ": "missing"}}
	if diff := cmp.Diff(want, see(t, f, nil)); diff != "" {
		t.Error(diff)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	other := f
	other.Profile = "other"
	if before := see(t, other, nil); len(before) != 0 {
		t.Errorf("another profile has seen %v", before)
	}
	broken := errors.New("broken")
	err := f.Update(t.Context(), func(seen *Seen) error {
		seen.Keep(func(name string) bool { return name != "installs/1" })
		return broken
	})
	if !errors.Is(err, broken) {
		t.Error(err)
	}
	if before := see(t, f, nil); len(before) != 1 || before["installs/2"] == nil {
		t.Errorf("after an error, %v was seen", before)
	}
	other = f
	other.API = "https://other.example"
	if before := see(t, other, nil); len(before) != 0 {
		t.Errorf("on another server, %v was seen", before)
	}
}

func pack(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.Bytes()
}

// TestSeenFileDamaged has files that segctl did not write so: a damaged one counts as none, and a newer one stays as it is.
func TestSeenFileDamaged(t *testing.T) {
	t.Parallel()
	whole := pack(`{"v":1,"api":"https://api.example","seen":{"installs/1":{"x":"ok","y":"splendid"},"installs/2":null}}`)
	for name, data := range map[string][]byte{
		"empty": {}, "text": []byte("seen"), "cut": whole[:len(whole)-9], "no version": pack(`{"api":"https://api.example"}`),
		"no JSON": pack("seen"), "other types": pack(`{"v":1,"seen":[]}`), "too large": bytes.Repeat([]byte("x"), maxSeen+1),
		"a bomb": pack(strings.Repeat(" ", maxUnpacked) + `{"v":1,"api":"https://api.example","seen":{"installs/1":{"x":"ok"}}}`),
	} {
		f, path := seenFile(t)
		see(t, f, nil)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		notes := 0
		f.Note = func(string) { notes++ }
		if before := see(t, f, map[string]destination.Health{"installs/3": "ok"}); len(before) != 0 || notes != 1 {
			t.Errorf("%s: %v, %d notes", name, before, notes)
		}
		if before := see(t, f, nil); len(before) != 1 || notes != 1 {
			t.Errorf("%s: it was not replaced: %v, %d notes", name, before, notes)
		}
	}
	f, path := seenFile(t)
	see(t, f, nil)
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]map[string]destination.Health{"installs/1": {"x": "ok"}}, see(t, f, nil)); diff != "" {
		t.Error(diff)
	}

	newer := pack(`{"v":2,"seen":[]}`)
	if err := os.WriteFile(path, newer, 0o600); err != nil {
		t.Fatal(err)
	}
	err := f.Update(t.Context(), func(*Seen) error { t.Error("it was used"); return nil })
	if p := problem.Of(err, problem.Context{}); p.Exit != problem.ExitStore || !strings.Contains(p.Message, "version 2") {
		t.Errorf("%+v", p)
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, newer) {
		t.Errorf("the newer file was changed: %v", err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	err = f.Update(t.Context(), func(*Seen) error { t.Error("it was used"); return nil })
	var fault *private.Error
	if !errors.As(err, &fault) || fault.Kind != private.Exposed {
		t.Errorf("others can read it: %v", err)
	}
}

// TestSeenFileOfManyInstalls wants ten thousand installs with three destinations each to fit.
func TestSeenFileOfManyInstalls(t *testing.T) {
	t.Parallel()
	f, _ := seenFile(t)
	err := f.Update(t.Context(), func(seen *Seen) error {
		for i := range 10_000 {
			card := install.Card{Name: fmt.Sprintf("installs/%d", i), Sources: []string{fmt.Sprintf("workspaces/customer-%x/sources/js", i*7919)}}
			for _, slug := range []string{"clearbrain", "webhooks", "mixpanel"} {
				seen.note(Target{Card: card, Want: destination.Wanted{Destination: slug}}, destination.Healths()[i%3])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if before := see(t, f, nil); len(before) != 10_000 || len(before["installs/77"]) != 3 {
		t.Errorf("%d installs", len(before))
	}
}

// TestSeenIsOneAtATime has two runs at once: the second waits, and finds what the first has seen.
func TestSeenIsOneAtATime(t *testing.T) {
	t.Parallel()
	f, _ := seenFile(t)
	inside, second := make(chan bool), make(chan destination.Health, 1)
	var other sync.WaitGroup
	other.Go(func() {
		<-inside
		_ = f.Update(t.Context(), func(seen *Seen) error {
			second <- seen.note(Target{Card: install.Card{Name: "installs/1"}}, destination.Healthy)
			return nil
		})
	})
	err := f.Update(t.Context(), func(seen *Seen) error {
		inside <- true
		seen.note(Target{Card: install.Card{Name: "installs/1"}}, destination.IsMissing)
		return nil
	})
	other.Wait()
	if got := <-second; err != nil || got != destination.IsMissing {
		t.Errorf("the second run finds %q; %v", got, err)
	}
}

// TestKeys wants one destination to be known by one key, however it is asked for.
func TestKeys(t *testing.T) {
	t.Parallel()
	one := install.Card{Name: "installs/1", Scope: "destination/clearbrain", Sources: []string{"workspaces/w/sources/s"}}
	wide := install.Card{Name: "installs/2", Scope: "workspace", Workspaces: []string{"workspaces/w"}}
	full := "workspaces/w/sources/s/destinations/clearbrain"
	for _, test := range []struct {
		card install.Card
		want destination.Wanted
		key  string
	}{
		{one, destination.Wanted{}, full},
		{one, destination.Wanted{Destination: "clearbrain"}, full},
		{one, destination.Wanted{Destination: full}, full},
		{one, destination.Wanted{Place: account.Place{Source: "s"}}, full},
		{one, destination.Wanted{Place: account.Place{Source: "t"}}, " t clearbrain"},
		{one, destination.Wanted{Destination: "webhooks"}, "workspaces/w/sources/s/destinations/webhooks"},
		{one, destination.Wanted{From: "file.yaml:3"}, full + " by a file"},
		{one, destination.Wanted{From: "file.yaml:4", Destination: full}, full + " by a file"},
		{wide, destination.Wanted{Destination: "clearbrain"}, "  clearbrain"},
		{wide, destination.Wanted{Destination: full}, full},
	} {
		if got := keyOf(Target{Card: test.card, Want: test.want}); got != test.key {
			t.Errorf("%+v: %q, want %q", test.want, got, test.key)
		}
	}
}
