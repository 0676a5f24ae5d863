package doctor

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/authorize/loopback"
	"github.com/segctl/segctl/internal/authorize/loopback/browser"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/wire"
)

// api is a server in the place of Segment. It takes the token "g00d-token" alone.
type api struct {
	*httptest.Server

	mu       sync.Mutex
	requests []string // method, path and Authorization header
}

func newAPI(t *testing.T) *api {
	t.Helper()
	a := &api{}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		a.requests = append(a.requests, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization"))
		a.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		if r.Header.Get("Authorization") != "Bearer g00d-token" {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"error":"malformed token","code":16}`))
			return
		}
		_, _ = w.Write([]byte(`{"workspaces":[],"next_page_token":""}`))
	}))
	t.Cleanup(a.Close)
	return a
}

func (a *api) seen() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.requests)
}

// run is a checkup against a server, with settings from an environment of its own.
type run struct {
	*checkup

	api   *api
	vault *install.MemoryVault
}

func newRun(t *testing.T, env map[string]string) *run {
	t.Helper()
	server := newAPI(t)
	redirect, err := loopback.FreeRedirectURL()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{
		"SEGCTL_ID_URL": server.URL, "SEGCTL_API_URL": server.URL, "SEGCTL_REDIRECT_URL": redirect,
		"SEGCTL_CLIENT_ID": "id", "SEGCTL_CLIENT_SECRET": "c4nary-secret",
	}
	for name, value := range env {
		all[name] = value
	}
	s, err := config.Load(config.Options{Env: func(name string) (string, bool) { v, ok := all[name]; return v, ok }})
	if err != nil {
		t.Fatal(err)
	}
	vault := &install.MemoryVault{}
	world := &account.World{
		Settings:  s,
		Store:     install.NewMemory(),
		Vault:     vault,
		Transport: wire.NewTransport(nil, nil),
		Redactor:  &secret.Redactor{},
		UserAgent: "segctl/test",
	}
	m := Machine{
		Version: "1.2.3",
		Browser: browser.Opener{Command: browser.None},
		World:   func() (*account.World, error) { return world, nil },
	}
	return &run{checkup: &checkup{Machine: m, world: world}, api: server, vault: vault}
}

// save keeps an install of the server, whose token was obtained an hour's part ago.
func (r *run) save(t *testing.T, token string, age time.Duration) {
	t.Helper()
	origin := wire.Origin(r.api.URL)
	now := time.Now()
	i := install.Install{
		Card: install.Card{
			Name: "installs/7", Scope: wire.ScopeWorkspace, Issuer: origin, Origin: origin,
			ObtainedAt: now.Add(-age), ExpiresAt: now.Add(time.Hour - age),
		},
		Token: token,
	}
	err := r.world.Store.Update(t.Context(), i.Name, func(*install.Install) (*install.Install, error) { return &i, nil })
	if err != nil {
		t.Fatal(err)
	}
}

// tokenFinding is the finding about the token, with the store and the API as they are.
func (r *run) tokenFinding(ctx context.Context) Finding {
	return r.token(ctx, r.checkup.vault(ctx), r.apiHost(ctx))
}
