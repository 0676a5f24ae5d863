package cmd

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/authorize/loopback/browser"
	"github.com/segctl/segctl/internal/doctor"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/wire"
)

// The clock is an hour fast: that is a failure, and the token, which the API still takes, is about to be refreshed.
func TestDoctorTellsAClockThatIsWrong(t *testing.T) {
	t.Parallel()
	c := newCompleting(t, sandbox.Options{})
	c.useApp(map[string]string{"BROWSER": browser.None, "SEGCTL_STORE": "file"})
	origin := wire.Origin(c.env("SEGCTL_API_URL"))
	i := install.Install{
		Card: install.Card{
			Name: "installs/1", Scope: wire.ScopeWorkspace, Issuer: origin, Origin: origin,
			Workspaces: []string{"workspaces/acme"}, ObtainedAt: c.now, ExpiresAt: c.now.Add(time.Hour),
		},
		Token: "t0ken",
	}
	err := c.Store.Update(t.Context(), i.Name, func(*install.Install) (*install.Install, error) { return &i, nil })
	if err != nil {
		t.Fatal(err)
	}
	c.now = c.now.Add(time.Hour)
	out := &bytes.Buffer{}
	c.Out = out
	if status := c.Run(t.Context(), []string{"doctor", "-o", "json"}); status != problem.ExitDifferent {
		t.Errorf("exit status %d, want %d", status, problem.ExitDifferent)
	}
	var found []findingView
	if err := json.Unmarshal(out.Bytes(), &found); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	for _, want := range []findingView{
		{Check: "clock", Status: doctor.Failure, Message: "off the server's"},
		{Check: "token", Status: doctor.OK, Message: "accepted by the API; the next command refreshes it"},
	} {
		seen := false
		for _, f := range found {
			seen = seen || f.Check == want.Check && f.Status == want.Status && strings.Contains(f.Message, want.Message)
		}
		if !seen {
			t.Errorf("no finding like %+v in %s", want, out)
		}
	}
	for _, r := range c.box.Requests() {
		if strings.HasPrefix(r.Path, "/v1beta/installs/") {
			t.Errorf("%s %s: a diagnosis has refreshed a token", r.Method, r.Path)
		}
	}
}

// With --sandbox, a token and a client secret that are set for Segment stay here, whoever answers in the sandbox's place.
func TestDoctorSandboxSendsNoForeignSecret(t *testing.T) {
	t.Parallel()
	var (
		mu       sync.Mutex
		received []string
	)
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		dump, err := httputil.DumpRequest(r, true)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		received = append(received, string(dump))
		w.WriteHeader(http.StatusUnauthorized)
	}))
	t.Cleanup(stranger.Close)
	dir := t.TempDir()
	settings := "profiles:\n  sandbox:\n    id_url: " + stranger.URL + "\n    api_url: " + stranger.URL + "\n"
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{
		"BROWSER": browser.None, "SEGCTL_STORE": "file", "SEGCTL_CONFIG_DIR": dir, "SEGCTL_STATE_DIR": dir,
		"SEGCTL_TOKEN": "c4nary-token", "SEGCTL_CLIENT_ID": "c4nary-id", "SEGCTL_CLIENT_SECRET": "c4nary-secret",
	}
	out := &bytes.Buffer{}
	app := &App{
		In: strings.NewReader(""), Out: out, Err: &bytes.Buffer{}, Now: time.Now,
		Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	}
	app.Run(t.Context(), []string{"doctor", "--sandbox", "-o", "json"})
	if len(received) < 2 {
		t.Fatalf("%d requests reached the server, want those to id_url and api_url; doctor said %s", len(received), out)
	}
	for _, request := range received {
		if strings.Contains(request, "c4nary") || strings.Contains(request, "Authorization") {
			t.Errorf("sent to a server that the secrets are not for:\n%s", request)
		}
	}
	if !strings.Contains(out.String(), "set for another server") {
		t.Errorf("nothing tells that they were left out: %s", out)
	}
}
