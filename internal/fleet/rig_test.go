package fleet_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/destination/desired"
	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/sandbox/openapi"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/wire"
)

// rig is a sandbox, and a world whose store has installs on it.
type rig struct {
	*sandbox.Server
	world     *account.World
	described http.Handler // the sandbox

	mu      sync.Mutex
	handler http.Handler // in front of the sandbox; may be replaced between requests
	sent    []sentRequest
}

// sentRequest is a request with its body, which the sandbox's own log masks.
type sentRequest struct{ method, path, body string }

// description is that of the Config API.
var description = openapi.Loader("../..")

func newRig(t *testing.T, o sandbox.Options) *rig {
	t.Helper()
	box, err := sandbox.New(o)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := description()
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{Server: box, described: spec.Test(t, box)}
	r.handler = r
	server := httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(server.Close)
	env := map[string]string{
		"SEGCTL_API_URL": server.URL, "SEGCTL_ID_URL": server.URL, "SEGCTL_CLIENT_ID": sandbox.DemoClientID,
		"SEGCTL_CLIENT_SECRET": sandbox.DemoClientSecret,
	}
	settings, err := config.Load(config.Options{Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }})
	if err != nil {
		t.Fatal(err)
	}
	r.world = &account.World{
		Settings: settings, Store: install.NewMemory(), Transport: wire.NewTransport(nil, nil), Redactor: new(secret.Redactor),
		UserAgent: "segctl/test",
	}
	return r
}

// ServeHTTP is the sandbox's, with a judge in front.
func (r *rig) ServeHTTP(w http.ResponseWriter, req *http.Request) { r.described.ServeHTTP(w, req) }

func (r *rig) serve(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	req.Body = io.NopCloser(bytes.NewReader(body))
	r.mu.Lock()
	r.sent = append(r.sent, sentRequest{req.Method, req.URL.Path, string(body)})
	handler := r.handler
	r.mu.Unlock()
	handler.ServeHTTP(w, req)
}

// put puts a handler in front of the sandbox.
func (r *rig) put(h http.Handler) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.handler = h
}

// changes returns the requests that changed something since the last call, and forgets all.
func (r *rig) changes() []sentRequest {
	r.mu.Lock()
	defer r.mu.Unlock()
	var changes []sentRequest
	for _, s := range r.sent {
		if s.method != http.MethodGet {
			changes = append(changes, s)
		}
	}
	r.sent = nil
	return changes
}

// save keeps an install that can be refreshed.
func (r *rig) save(t *testing.T, card install.Card) {
	t.Helper()
	_, card.Origin = r.world.Settings.Server()
	if err := r.world.Store.Add(t.Context(), []install.Card{card}); err != nil {
		t.Fatal(err)
	}
}

// token keeps an install with a token that the sandbox knows.
func (r *rig) token(t *testing.T, card install.Card, token string) {
	t.Helper()
	_, card.Origin = r.world.Settings.Server()
	card.ObtainedAt, card.ExpiresAt = time.Now(), time.Now().Add(time.Hour)
	err := r.world.Store.Update(t.Context(), card.Name, func(*install.Install) (*install.Install, error) {
		return &install.Install{Card: card, Token: token}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// card returns what is saved of an install.
func (r *rig) card(t *testing.T, name string) install.Card {
	t.Helper()
	card, err := r.world.Store.Card(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return card
}

// desired reads files of the desired state, with variables of the environment.
func desiredOf(t *testing.T, env map[string]string, texts ...string) *fleet.Desired {
	t.Helper()
	d := &fleet.Desired{Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
	for i, text := range texts {
		f, err := desired.Parse(string(rune('a'+i))+".yaml", []byte(text))
		if err != nil {
			t.Fatalf("%v in:\n%s", err, text)
		}
		d.Files = append(d.Files, f)
	}
	return d
}

// seen is what an observer was told.
type seen struct {
	planned []fleet.Planned
	results []fleet.Result
}

func (*seen) Phase(string, int) {}
func (*seen) Done(bool)         {}
func (s *seen) Event(e fleet.Event) {
	switch e := e.(type) {
	case fleet.Planned:
		s.planned = append(s.planned, e)
	case fleet.Result:
		s.results = append(s.results, e)
	}
}

// run carries out a task on what is desired.
func (r *rig) run(t *testing.T, d *fleet.Desired, task fleet.Task) (fleet.Summary, *seen) {
	t.Helper()
	w := r.world.Fleet(nil)
	targets, err := d.Targets(t.Context(), w, 4)
	if err != nil {
		t.Fatal(err)
	}
	told := &seen{}
	run := fleet.Run{World: w, Targets: targets, Task: task, Observer: told}
	summary, err := run.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return summary, told
}

// refuse returns the error of targets that cannot be made.
func (r *rig) refuse(t *testing.T, d *fleet.Desired) string {
	t.Helper()
	targets, err := d.Targets(context.Background(), r.world, 4)
	if err == nil {
		t.Fatalf("%d targets are made", len(targets))
	}
	return err.Error()
}

func lines(texts ...string) string { return strings.Join(texts, "\n") + "\n" }
