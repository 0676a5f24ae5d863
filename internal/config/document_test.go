package config

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFileErrors(t *testing.T) {
	t.Parallel()
	settings := []string{"client_id", "scope", "redirect_url", "id_url", "api_url", "store", "database_url", "seal_recipients", "seal_identities", "output"}
	tests := map[string]struct {
		text  string
		line  int
		msg   string
		valid []string
	}{
		"unknown key":      {"profiles:\n  acme:\n    strore: file\n", 3, "unknown key", settings},
		"unknown top key":  {"# c\nclient_id: x\n", 2, "unknown key", []string{"profile", "profiles"}},
		"number":           {"profiles:\n  acme:\n    client_id: 123\n", 3, "client_id must be text", nil},
		"list":             {"profiles:\n  acme:\n    scope: [a]\n", 3, "scope must be text", nil},
		"profile is text":  {"profiles:\n  acme: x\n", 2, "profile acme must be a mapping", settings},
		"profiles is list": {"profiles:\n  - acme\n", 2, "profiles must be a mapping", nil},
		"root is text":     {"hello\n", 1, "the file must be a mapping", []string{"profile", "profiles"}},
		"twice":            {"profiles:\n  a: {}\n  a: {}\n", 3, `key "a" is there twice`, nil},
		"alias":            {"profiles:\n  a: &a {}\n  b: *a\n", 3, "profile b must be a mapping", settings},
		"profile name":     {"profiles:\n  a/../b: {}\n", 2, "a profile's name", nil},
		"current profile":  {"profile: ../x\n", 1, "a profile's name", nil},
		"bad value":        {"profiles:\n  a:\n    store: paper\n", 3, "store is not a store", []string{"keyring", "file", "postgres"}},
		"bad scope":        {"profiles: {a: {scope: admin}}\n", 1, "scope is no scope", []string{"destination/SLUG", "workspace", "workspace:read"}},
		"plain http":       {"profiles:\n  a:\n    api_url: http://example.com\n", 3, "api_url must be https", nil},
		"not YAML":         {"profiles:\n  a: b: c\n", 2, "not YAML: ", []string{"profile", "profiles"}},
		"tab":              {"profiles:\n\ta: 1\n", 2, "not YAML: ", []string{"profile", "profiles"}},
		"merge key":        {"profiles:\n  a: &a {}\n  b:\n    <<: *a\n", 4, "unknown key", settings},
		"alias as a key":   {"profiles:\n  a: &a {}\n  *a : {}\n", 3, "a key must be text", nil},
		"password":         {"profiles:\n  a:\n    database_url: postgres://u:canary@h/d\n", 3, "a password, which this file must not hold", nil},
		"identity":         {"profiles:\n  a:\n    seal_identities: AGE-SECRET-KEY-1CANARY\n", 3, "must name files", nil},
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
	tests := map[string]struct {
		text, msg string
		line      int
		fix       []string
	}{
		"client secret": {"profiles:\n  acme:\n    client_secret: x", "client_secret is a secret", 3, []string{"config", "set", "client_secret", "--profile", "acme"}},
		"at the top":    {"client_secret: x", "client_secret is a secret", 1, []string{"config", "set", "client_secret"}},
		"token":         {"profiles:\n  acme:\n    access_token: x", "a secret, which", 3, nil},
		"joined":        {"profiles:\n  acme:\n    clientsecret: x", "a secret, which", 3, nil},
		"api key":       {"profiles:\n  acme:\n    APIkey: x", "a secret, which", 3, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Load(Options{Dir: folder(t, test.text)})
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Line != test.line || !strings.HasPrefix(e.Msg, test.msg) {
				t.Fatalf("got %#v", err)
			}
			if diff := cmp.Diff(test.fix, e.Fix); diff != "" {
				t.Errorf("fix (-want +got)\n%s", diff)
			}
		})
	}
}

// Whatever is wrong with the file, the error quotes nothing of it but the names of settings and of profiles.
func TestErrorsQuoteNoValue(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"secret":            "profiles:\n  acme:\n    client_secret: CANARY",
		"secret, in quotes": "profiles:\n  acme:\n    \"client_secret\": \"CANARY\"",
		"unknown anchor":    "profiles:\n  acme:\n    client_id: *CANARY",
		"anchor in a list":  "profiles: [*CANARY]",
		"alias of itself":   "profiles: &CANARY\n  a: *CANARY\n",
		"merge key":         "profiles:\n  a: {<<: {client_id: CANARY}}\n",
		"merge of text":     "profiles:\n  a:\n    <<: CANARY\n",
		"twice":             "profiles:\n  a:\n    client_id: CANARY\n    client_id: CANARY2\n",
		"without its key":   "profiles:\n  a: {CANARY}\n",
		"key with a tab":    "profiles:\n  a:\n\tclient_id: CANARY\n",
		"tab after a value": "profiles:\n  a:\n    client_id: CANARY\t: x\n",
		"wrong type":        "profiles:\n  a:\n    client_id: !!int CANARY\n",
		"unknown tag":       "profiles:\n  a:\n    client_id: !CANARY x\n",
		"tag directive":     "%TAG !CANARY! x\n---\nprofiles: !CANARY2!y z\n",
		"binary":            "profiles:\n  a:\n    client_id: !!binary CANARY\n",
		"colon":             "profiles:\n  a:\n    client_id: CANARY: x\n",
		"open quote":        "profiles:\n  a:\n    client_id: \"CANARY\n",
		"escape":            "profiles:\n  a:\n    client_id: \"\\CANARY\"\n",
		"control character": "profiles:\n  a:\n    client_id: CANARY\x01\n",
		"not UTF-8":         "profiles:\n  a:\n    client_id: CANARY\xff\n",
		"store":             "profiles:\n  a:\n    store: CANARY\n",
		"scope":             "profiles:\n  a:\n    scope: CANARY\n",
		"server":            "profiles:\n  a:\n    api_url: https://user:CANARY@example.com\n",
		"server's path":     "profiles:\n  a:\n    api_url: https://example.com/CANARY\n",
		"redirect URL":      "profiles:\n  a:\n    redirect_url: http://localhost/#CANARY\n",
		"current profile":   "profile: CANARY/x\n",
		"list":              "- CANARY\n",
		"text":              "CANARY\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, canary := range []string{"canary-1234", "canary-secret-1234"} { // as a key, the second looks like a secret's name
				_, err := Load(Options{Dir: folder(t, strings.ReplaceAll(text, "CANARY", canary))})
				e, ok := errors.AsType[*Error](err)
				if !ok {
					t.Fatalf("got %v", err)
				}
				if text := fmt.Sprintf("%v %v %v", err, e.Fix, e.Key); strings.Contains(text, "canary") {
					t.Errorf("the error quotes the file: %s", text)
				}
			}
		})
	}
}

func TestFileMustBeItsOwners(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no mode bits")
	}
	dir := folder(t, "profiles: {default: {client_id: x}}\n")
	for _, mode := range []os.FileMode{0o664, 0o646} {
		if err := os.Chmod(File(dir), mode); err != nil {
			t.Fatal(err)
		}
		_, err := Load(Options{Dir: dir})
		e, ok := errors.AsType[*Error](err)
		if !ok || e.File != File(dir) || !strings.Contains(e.Msg, "chmod go-w") || !slices.Equal(e.Fix, []string{"config", "path"}) {
			t.Errorf("%v: got %v", mode, err)
		}
	}
	if err := os.Chmod(File(dir), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := load(t, Options{Dir: dir}).Get(ClientID); got != "x" {
		t.Errorf("one that others can read: got %q", got)
	}
}

// What somebody else wrote decides nothing. Only root can give files away, so the test needs to be root.
func TestFileOfSomebodyElse(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can give a file away")
	}
	dir := folder(t, "profiles: {default: {client_id: x}}\n")
	if err := os.Chown(File(dir), 65534, 65534); err != nil {
		t.Fatal(err)
	}
	_, err := Load(Options{Dir: dir})
	if e, ok := errors.AsType[*Error](err); !ok || e.File != File(dir) || !strings.Contains(e.Msg, "belongs to another user") {
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
	for dir, msg := range map[string]string{dir: "is not an ordinary file or folder", large: "is larger than 1 MiB"} {
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
