package demo

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestService(t *testing.T) {
	t.Parallel()
	s := NewService(t.TempDir(), "http://localhost:8791")
	variable, err := s.Environment("postgres://localhost/demo", "destination/clearbrain", []string{"SEGCTL_API_URL=http://127.0.0.1:1/?a=b"})
	if err != nil {
		t.Fatal(err)
	}
	if variable["SEGCTL_API_URL"] != "http://127.0.0.1:1/?a=b" || variable["SEGCTL_WEBHOOK_SECRET"] != s.Secret || !strings.HasPrefix(s.Secret, "whsec_") {
		t.Errorf("the variables are %v", variable)
	}
	for _, name := range []string{"SEGCTL_CONFIG_DIR", "SEGCTL_STATE_DIR", "SEGCTL_SEAL_IDENTITIES"} {
		if filepath.Dir(variable[name]) != s.Folder {
			t.Errorf("%s is %q, which nothing removes with the demo", name, variable[name])
		}
	}
	if _, err := os.Stat(variable["SEGCTL_SEAL_IDENTITIES"]); err != nil || !strings.HasPrefix(variable["SEGCTL_SEAL_RECIPIENTS"], "age1") {
		t.Errorf("the key: %v, %q", err, variable["SEGCTL_SEAL_RECIPIENTS"])
	}
	got := s.Arguments("http://127.0.0.1:8780", 5*time.Second, "warn", "json")
	for _, pair := range [][2]string{
		{"--addr", "127.0.0.1:8791"}, {"--allow-return-url", "http://127.0.0.1:8780" + ReturnPath}, {"--check-every", "5s"}, {"--log-level", "warn"},
	} {
		if at := slices.Index(got, pair[0]); at < 0 || got[at+1] != pair[1] {
			t.Errorf("%s is not %s in %q", pair[0], pair[1], got)
		}
	}
	if slices.ContainsFunc(got, func(arg string) bool { return strings.Contains(arg, s.Secret) }) {
		t.Error("the secret is on the command line")
	}
}
