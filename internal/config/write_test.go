package config

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func readFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestSetKeepsCommentsAndOrder(t *testing.T) {
	t.Parallel()
	dir := folder(t, `# Acme's settings
profile: acme # the current one

profiles:
  # production
  acme:
    scope: workspace # broad
    client_id: old
  other: {}
`)
	s := load(t, Options{Dir: dir})
	for _, change := range [][2]string{{"client_id", "true"}, {"store", "file"}, {"profile", "Other.eu"}} {
		if err := s.Set(t.Context(), change[0], change[1]); err != nil {
			t.Fatal(err)
		}
	}
	if there, err := s.Unset(t.Context(), "scope"); err != nil || !there {
		t.Errorf("unset: %v, %v", there, err)
	}
	other := load(t, Options{Dir: dir})
	if err := other.Set(t.Context(), "output", "json"); err != nil {
		t.Fatal(err)
	}
	want := `# Acme's settings
profile: Other.eu # the current one
profiles:
  # production
  acme:
    client_id: "true"
    store: file
  other: {}
  Other.eu:
    output: json
`
	if diff := cmp.Diff(want, readFile(t, File(dir))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestSetMakesPrivateFile(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "segctl")
	s := load(t, Options{Dir: dir})
	if there, err := s.Unset(t.Context(), "scope"); err != nil || there {
		t.Errorf("unset: %v, %v", there, err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("unset made the folder")
	}
	if err := s.Set(t.Context(), "scope", "workspace"); err != nil {
		t.Fatal(err)
	}
	if got, want := readFile(t, File(dir)), "profiles:\n  default:\n    scope: workspace\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, File(dir): 0o600} {
		info, err := os.Stat(path)
		if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
}

func TestSetKeepsFileOfComments(t *testing.T) {
	t.Parallel()
	dir := folder(t, "# nothing here yet\n")
	if err := load(t, Options{Dir: dir}).Set(t.Context(), "profile", "acme"); err != nil {
		t.Fatal(err)
	}
	if got, want := readFile(t, File(dir)), "# nothing here yet\nprofile: acme\nprofiles:\n  acme: {}\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSetRefuses(t *testing.T) {
	t.Parallel()
	s := load(t, Options{Dir: t.TempDir()})
	for _, change := range [][2]string{{"client_secret", "canary"}, {"nosuch", "canary"}, {"store", "canary"}, {"profile", "ca/nary"}, {"api_url", "http://canary.example.com"}, {"database_url", "postgres://u:canary@h/d"}, {"seal_recipients", "AGE-SECRET-KEY-1canary"}} {
		err := s.Set(t.Context(), change[0], change[1])
		if e, ok := errors.AsType[*Error](err); !ok || e.Key != change[0] || strings.Contains(err.Error(), change[1]) {
			t.Errorf("set %s: %v", change[0], err)
		}
	}
	if _, err := os.Stat(s.File); err == nil {
		t.Error("a refused setting made the file")
	}
	if _, err := s.Unset(t.Context(), "nosuch"); err == nil {
		t.Error("unset took an unknown key")
	}
}

// The way out of a file with a secret in it: it loads for repair, and the secret is taken out.
func TestRepair(t *testing.T) {
	t.Parallel()
	dir := folder(t, "profiles:\n  default:\n    client_secret: canary\n    client_id: x\n")
	s := load(t, Options{Dir: dir, Repair: true})
	if got := s.Get(ClientSecret); got != "" {
		t.Errorf("the misplaced secret is used: %q", got)
	}
	if there, err := s.Unset(t.Context(), ClientSecret); err != nil || !there {
		t.Fatalf("unset: %v, %v", there, err)
	}
	if got := load(t, Options{Dir: dir}).Get(ClientID); got != "x" {
		t.Errorf("got %q", got)
	}
}

func TestSetWritesThroughSymlink(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("making links needs a privilege")
	}
	target := filepath.Join(t.TempDir(), "dotfile")
	writeFile(t, target, "profile: a\nprofiles:\n  a:\n")
	dir := t.TempDir()
	if err := os.Symlink(target, File(dir)); err != nil {
		t.Fatal(err)
	}
	if err := load(t, Options{Dir: dir}).Set(t.Context(), "profile", "b"); err != nil {
		t.Fatal(err)
	}
	if got := readFile(t, target); got != "profile: b\nprofiles:\n  a:\n  b: {}\n" {
		t.Errorf("target has %q", got)
	}
	if info, err := os.Lstat(File(dir)); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v", err)
	}
	if err := os.Remove(target); err != nil {
		t.Fatal(err)
	}
	err := load(t, Options{Dir: dir}).Set(t.Context(), "profile", "b")
	if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Error(), "a symbolic link to nothing") {
		t.Errorf("got %v", err)
	}
}

// What is kept for a profile elsewhere, such as a client secret, makes the profile one of those there are.
func TestMakeProfile(t *testing.T) {
	t.Parallel()
	dir := folder(t, "# ours\nprofiles:\n  acme:\n    client_id: x\n")
	stale := load(t, Options{Dir: dir, Profile: "new", NewProfile: true})
	for _, step := range []struct {
		profile string
		made    bool
	}{{"default", false}, {"acme", false}, {"new", true}, {"new", false}} {
		made, err := load(t, Options{Dir: dir, Profile: step.profile, NewProfile: true}).MakeProfile(t.Context())
		if err != nil || made != step.made {
			t.Errorf("%s: %v, %v", step.profile, made, err)
		}
	}
	if made, err := stale.MakeProfile(t.Context()); err != nil || made {
		t.Errorf("one that another process has made: %v, %v", made, err)
	}
	if got, want := readFile(t, File(dir)), "# ours\nprofiles:\n  acme:\n    client_id: x\n  new: {}\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSetKeepsTheSandboxHere(t *testing.T) {
	t.Parallel()
	s := load(t, Options{Dir: t.TempDir(), Sandbox: true, BuiltIn: sandboxed()})
	err := s.Set(t.Context(), APIURL, "https://platform.segmentapis.com")
	if e, ok := errors.AsType[*Error](err); !ok || e.Key != APIURL {
		t.Errorf("got %v", err)
	}
	if err := s.Set(t.Context(), APIURL, "http://localhost:1"); err != nil {
		t.Error(err)
	}
}
