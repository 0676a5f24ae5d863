package local

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Nothing that is meant for Segment gets into a command that runs against a sandbox.
func TestChildEnvironment(t *testing.T) {
	t.Parallel()
	inherited := []string{
		"PATH=/bin", "SEGCTL_TOKEN=real", "SEGCTL_CLIENT_SECRET=real", "CLIENT_ID=real", "HOME=/root", "CLIENT_SECRET=real",
		"SEGCTL_INSTALL=installs/7", "Segctl_Token=real", "MY_CLIENT_ID=mine", "CLIENT_SECRET_FILE=mine", "EMPTY=", "=C:=C:\\",
	}
	before := strings.Join(inherited, "\n")
	s := start(t, Options{})
	got, err := s.ChildEnvironment(inherited, "http://localhost:1/cb")
	if err != nil {
		t.Fatal(err)
	}
	kept := []string{"PATH=/bin", "HOME=/root", "MY_CLIENT_ID=mine", "CLIENT_SECRET_FILE=mine", "EMPTY=", "=C:=C:\\"}
	folder := s.folder
	want := slices.Concat(kept, s.Environment("http://localhost:1/cb"), []string{
		"SEGCTL_STORE=file", "SEGCTL_CONFIG_DIR=" + filepath.Join(folder, "config"), "SEGCTL_STATE_DIR=" + filepath.Join(folder, "state"),
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
	if strings.Join(inherited, "\n") != before {
		t.Error("the caller's list was changed")
	}
	if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder of configuration and state is %v, %v", info, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder is left: %v", err)
	}
}

func TestTrustEnvironment(t *testing.T) {
	t.Parallel()
	plain := start(t, Options{})
	defer plain.Close()
	if got := plain.TrustEnvironment(); len(got) > 0 {
		t.Errorf("without TLS: %q", got)
	}
	s := start(t, Options{Intercept: true})
	defer s.Close()
	variables := map[string]string{}
	for _, variable := range append(s.Environment("http://localhost:1/cb"), s.TrustEnvironment()...) {
		name, value, _ := strings.Cut(variable, "=")
		variables[name] = value
	}
	for name, want := range map[string]string{
		"SEGCTL_API_URL": s.URL, "SEGCTL_ID_URL": s.URL, "SEGCTL_REDIRECT_URL": "http://localhost:1/cb", "SEGCTL_PROFILE": "sandbox",
		"SEGCTL_SANDBOX_SPKI": s.authority.SPKI, "NODE_USE_ENV_PROXY": "1",
		"SSL_CERT_FILE": s.Authority, "HTTPS_PROXY": s.Proxy, "https_proxy": s.Proxy, "NO_PROXY": "localhost,127.0.0.1,::1,[::1]",
	} {
		if variables[name] != want || want == "" {
			t.Errorf("%s is %q, want %q", name, variables[name], want)
		}
	}
}

// Node.js is led to the sandbox beside what it was told before, which stays.
func TestNodeOptions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ preload, had, want string }{
		{"/tmp/a/preload.cjs", "", "--require=/tmp/a/preload.cjs"},
		{"/tmp/a/preload.cjs", "--max-old-space-size=100 --require=b", "--require=/tmp/a/preload.cjs --max-old-space-size=100 --require=b"},
		{`/tmp/a b/preload.cjs`, "--x", `--require="/tmp/a b/preload.cjs" --x`},
		{`C:\Temp\preload.cjs`, "", `--require=C:\Temp\preload.cjs`},
		{`C:\My Temp\preload.cjs`, "", `--require="C:\\My Temp\\preload.cjs"`},
		{`/tmp/a"b/preload.cjs`, "", `--require="/tmp/a\"b/preload.cjs"`},
	} {
		if got := nodeOptions(c.preload, c.had); got != c.want {
			t.Errorf("nodeOptions(%q, %q) = %s, want %s", c.preload, c.had, got, c.want)
		}
	}
	s := start(t, Options{Intercept: true, Hosts: []string{"api.example.com"}})
	defer s.Close()
	environment, err := s.ChildEnvironment([]string{"NODE_OPTIONS=--old", "NODE_OPTIONS=--trace-warnings"}, "http://localhost:1/cb")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := lastValue(environment, "NODE_OPTIONS"), "--require="+s.preload+" --trace-warnings"; got != want {
		t.Errorf("NODE_OPTIONS is %q, want %q", got, want)
	}
	text, err := os.ReadFile(s.preload)
	if err != nil || !strings.Contains(string(text), `"api.example.com"`) {
		t.Errorf("the preload does not know the other name: %v", err)
	}
	if info, err := os.Stat(s.preload); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the preload is %v, %v", info, err)
	}
	plain := start(t, Options{})
	defer plain.Close()
	if environment, err := plain.ChildEnvironment([]string{"NODE_OPTIONS=--mine"}, ""); err != nil || lastValue(environment, "NODE_OPTIONS") != "--mine" {
		t.Errorf("without a proxy NODE_OPTIONS is %q, %v", lastValue(environment, "NODE_OPTIONS"), err)
	}
}
