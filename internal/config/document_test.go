package config

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFileErrors(t *testing.T) {
	t.Parallel()
	settings := []string{"client_id", "scope", "redirect_url", "id_url", "api_url", "store", "output"}
	tests := map[string]struct {
		text  string
		line  int
		msg   string
		valid []string
	}{
		"unknown key":      {"profiles:\n  acme:\n    strore: file\n", 3, `unknown key "strore"`, settings},
		"unknown top key":  {"# c\nclient_id: x\n", 2, `unknown key "client_id"`, []string{"profile", "profiles"}},
		"number":           {"profiles:\n  acme:\n    client_id: 123\n", 3, "client_id must be text", nil},
		"list":             {"profiles:\n  acme:\n    scope: [a]\n", 3, "scope must be text", nil},
		"profile is text":  {"profiles:\n  acme: x\n", 2, "profile acme must be a mapping", settings},
		"profiles is list": {"profiles:\n  - acme\n", 2, "profiles must be a mapping", nil},
		"root is text":     {"hello\n", 1, "the file must be a mapping", []string{"profile", "profiles"}},
		"twice":            {"profiles:\n  a: {}\n  a: {}\n", 3, `key "a" is there twice`, nil},
		"alias":            {"profiles:\n  a: &a {}\n  b: *a\n", 3, "profile b must be a mapping", settings},
		"profile name":     {"profiles:\n  a/../b: {}\n", 2, "a profile's name", nil},
		"current profile":  {"profile: ../x\n", 1, "a profile's name", nil},
		"bad value":        {"profiles:\n  a:\n    store: paper\n", 3, "store is not a store", []string{"keyring", "file"}},
		"bad scope":        {"profiles: {a: {scope: admin}}\n", 1, "scope is no scope", []string{"destination/SLUG", "workspace", "workspace:read"}},
		"plain http":       {"profiles:\n  a:\n    api_url: http://example.com\n", 3, "api_url must be https", nil},
		"not YAML":         {"profiles:\n  a: b: c\n", 2, "not YAML: ", []string{"profile", "profiles"}},
		"tab":              {"profiles:\n\ta: 1\n", 2, "not YAML: ", []string{"profile", "profiles"}},
		"two documents":    {"profile: a\n---\nprofile: b\n", 0, "more than one YAML document", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := folder(t, test.text)
			_, err := Load(Options{Dir: dir})
			e, ok := errors.AsType[*Error](err)
			if !ok {
				t.Fatalf("got %v", err)
			}
			if e.File != File(dir) || e.Line != test.line || !strings.Contains(e.Msg, test.msg) {
				t.Errorf("got %v", e)
			}
			if diff := cmp.Diff(test.valid, e.Valid); diff != "" {
				t.Errorf("valid (-want +got)\n%s", diff)
			}
		})
	}
}

func TestSecretInFileIsRefused(t *testing.T) {
	t.Parallel()
	const canary = "canary-secret-1234"
	tests := map[string]struct {
		text string
		line int
		hint string
	}{
		"client secret": {"profiles:\n  acme:\n    client_secret: " + canary, 3, "segctl config set client_secret --profile acme"},
		"at the top":    {"client_secret: " + canary, 1, "segctl config set client_secret keeps"},
		"token":         {"profiles:\n  acme:\n    access_token: " + canary, 3, "delete the line"},
		"anchor":        {"profiles:\n  acme:\n    client_secret: *" + canary, 3, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Load(Options{Dir: folder(t, test.text)})
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Line != test.line || !strings.Contains(e.Hint, test.hint) {
				t.Errorf("got %#v", err)
			}
			if strings.Contains(err.Error(), canary) {
				t.Errorf("the error shows the secret: %v", err)
			}
		})
	}
}

func TestFileMustBeItsOwners(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no mode bits")
	}
	dir := folder(t, "profile: a\n")
	if err := os.Chmod(File(dir), 0o664); err != nil {
		t.Fatal(err)
	}
	_, err := Load(Options{Dir: dir})
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Hint != "chmod go-w "+File(dir) {
		t.Errorf("got %v", err)
	}
}

func TestFileOfTheWrongKind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(File(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	large := folder(t, strings.Repeat("# comment\n", 200_000))
	for dir, msg := range map[string]string{dir: "is not a regular file", large: "is larger than 1 MiB"} {
		_, err := Load(Options{Dir: dir})
		if e, ok := errors.AsType[*Error](err); !ok || e.Msg != msg {
			t.Errorf("got %v, want %s", err, msg)
		}
	}
}

func FuzzConfigFile(f *testing.F) {
	f.Add([]byte("profile: acme\nprofiles:\n  acme: {client_id: x, store: file}\n"))
	f.Add([]byte("profiles:\n  a: &a {}\n  b: *a\n<<: *a\n"))
	f.Add([]byte("client_secret: x\n---\n"))
	f.Add([]byte("# only a comment\n"))
	f.Add([]byte("? [a]\n: !!binary x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		writeFile(t, File(dir), string(data))
		s, err := Load(Options{Dir: dir})
		if err != nil {
			if e, ok := errors.AsType[*Error](err); !ok || e.File == "" {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		if err := s.Set(t.Context(), Scope, "workspace"); err != nil {
			t.Fatal(err)
		}
		again, err := Load(Options{Dir: dir, Profile: s.Profile})
		if err != nil || again.Get(Scope) != "workspace" || again.Get(ClientID) != s.Get(ClientID) {
			t.Fatalf("after set: %v", err)
		}
	})
}
