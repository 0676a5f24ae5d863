package config

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func envFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), ".env")
	writeFile(t, path, text)
	return path
}

func TestEnvFileOfTheExampleApp(t *testing.T) {
	t.Parallel()
	s := load(t, Options{EnvFile: envFile(t, `
# the app's own settings
PORT=8888
odd-name=1
CERTIFICATE="-----BEGIN
CLIENT_ID=inside
-----END"
export CLIENT_ID='0f6bd7c4'
CLIENT_SECRET="a$HOME#b" # as issued
REDIRECT_URI=http://localhost:8888/callback
SEGCTL_TOKEN=canary
EMPTY=
`)})
	got := map[string]string{}
	for _, key := range []string{"client_id", "client_secret", "redirect_url"} {
		got[key] = s.Get(key) + ", " + s.Source(key).String()
	}
	want := map[string]string{
		"client_id":     "0f6bd7c4, .env:8",
		"client_secret": "a$HOME#b, .env:9",
		"redirect_url":  "http://localhost:8888/callback, .env:10",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if value, source := s.Lookup("SEGCTL_TOKEN"); value != "canary" || source != ".env:11" {
		t.Errorf("token: got %q from %s", value, source)
	}
	if value, source := s.Lookup("EMPTY"); value != "" || source != "" {
		t.Errorf("empty: got %q from %s", value, source)
	}
}

func TestEnvFileOwnNamesRankFirst(t *testing.T) {
	t.Parallel()
	s := load(t, Options{EnvFile: envFile(t, "SEGCTL_CLIENT_ID=own\r\nCLIENT_ID=app\r\nREDIRECT_URL=https://app.example.com/callback\r\n")})
	if got := s.Get(ClientID); got != "own" {
		t.Errorf("got %q", got)
	}
	if got := s.Source(RedirectURL).Layer; got != Default {
		t.Errorf("took the app's public callback: %v", got)
	}
	s = load(t, Options{EnvFile: envFile(t, "REDIRECT_URL=\"http://localhost:3000/#callback\"\nREDIRECT_URI=http://[::1]:8888/x\n")})
	if got := s.Get(RedirectURL); got != "http://[::1]:8888/x" {
		t.Errorf("got %q", got)
	}
}

func TestEnvFileErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		line int
		msg  string
	}{
		"no assignment": {"A=1\ncanary words\n", 2, "is not KEY=value"},
		"open quote":    {"A=1\nCLIENT_SECRET=\"canary\nB=2\n", 2, "is not KEY=value"},
		"binary":        {"A=\x00\n", 0, "is not a text file"},
		"not UTF-8":     {"A=\xff\n", 0, "is not a text file"},
		"huge":          {strings.Repeat("A=1\n", 300_000), 0, "is larger than 1 MiB"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := envFile(t, test.text)
			_, err := Load(Options{EnvFile: path})
			e, ok := errors.AsType[*Error](err)
			if !ok || e.File != path || e.Line != test.line || e.Msg != test.msg || strings.Contains(err.Error(), "canary") {
				t.Errorf("got %v", err)
			}
		})
	}
	for _, path := range []string{filepath.Join(t.TempDir(), "absent"), t.TempDir()} {
		_, err := Load(Options{EnvFile: path})
		if e, ok := errors.AsType[*Error](err); !ok || e.File != path {
			t.Errorf("%s: %v", path, err)
		}
	}
	_, err := Load(Options{EnvFile: envFile(t, "A=1\nSEGCTL_STORE=canary\n")})
	if want := ".env:2: store is not a store (valid: keyring, file, postgres)"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func FuzzEnvFile(f *testing.F) {
	f.Add("CLIENT_ID=a\nexport CLIENT_SECRET='b'\n")
	f.Add("A=\"x\ny\"\n# c\r\nB: 1\r")
	f.Add("SEGCTL_SCOPE=workspace # c")
	f.Add("\ufeffA=$B${C}\\$D")
	f.Fuzz(func(t *testing.T, text string) {
		path := envFile(t, text)
		if _, err := Load(Options{EnvFile: path}); err != nil {
			if _, ok := errors.AsType[*Error](err); !ok {
				t.Fatalf("%T %v", err, err)
			}
		}
	})
}
