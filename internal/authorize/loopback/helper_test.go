package loopback

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/authorize"
	"github.com/segctl/segctl/internal/wire"
)

const (
	clientID     = "c1a2b3c4-0000-4000-8000-000000000001"
	clientSecret = "canary-secret+/ %"
	theCode      = "canary-code-Boz1EgZgmD2ELZvsxakjqSMwO8xe7tV.nKaLX2QHocqalHR3O4BdoYdcopk3hjW4izYHMG14cxQ"
)

// granted is the guide's answer, for a destination scope.
const granted = `{
  "access_token": "YL8a0w-Boz1EgZgmD2ELZvsxakjqSMwO8xe7tV-ToSk.nKaLX2QHocqalHR3O4BdoYdcopk3hjW4izYHMG14cxQ",
  "token_type": "bearer",
  "expires_in": 3599,
  "scope": "workspace",
  "app_name": "apps/2",
  "install_name": "installs/7",
  "workspace_names": ["workspaces/userworkspace"],
  "source_names": ["workspaces/userworkspace/sources/javascript"]
}`

func wantGrant() wire.Grant {
	return wire.Grant{
		AccessToken: "YL8a0w-Boz1EgZgmD2ELZvsxakjqSMwO8xe7tV-ToSk.nKaLX2QHocqalHR3O4BdoYdcopk3hjW4izYHMG14cxQ",
		Lifetime:    3599 * time.Second, Scope: "workspace", AppName: "apps/2", InstallName: "installs/7",
		WorkspaceNames: []string{"workspaces/userworkspace"},
		SourceNames:    []string{"workspaces/userworkspace/sources/javascript"},
	}
}

// nextPort counts up below the range that systems hand out by themselves.
var nextPort atomic.Int32

func freePort(t *testing.T) string {
	t.Helper()
	for range 200 {
		port := strconv.Itoa(21000 + int(nextPort.Add(1)))
		if canListen("127.0.0.1:"+port) && canListen("[::1]:"+port) {
			return port
		}
	}
	t.Fatal("no free port")
	return ""
}

func canListen(addr string) bool {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return false
	}
	return l.Close() == nil
}

func answering(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// redirecting answers as an authorization endpoint does.
func redirecting(location string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", location)
		w.WriteHeader(http.StatusFound)
	}
}

// toLogin is the authorization endpoint of a server that has nothing against the request.
var toLogin = redirecting("https://app.segment.com/login")

// flow is a Flow against a token endpoint, on a port of its own.
func flow(t *testing.T, token http.HandlerFunc) *Flow {
	t.Helper()
	return flowAt(t, toLogin, token)
}

// flowAt is a Flow against a whole authorization server.
func flowAt(t *testing.T, authorization, token http.HandlerFunc) *Flow {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /oauth2/auth", authorization)
	if token != nil {
		mux.HandleFunc("POST /oauth2/token", token)
	}
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return &Flow{App: &authorize.App{
		ClientID: clientID, ClientSecret: clientSecret, ID: wire.Origin(s.URL),
		RedirectURL: "http://localhost:" + freePort(t) + "/auth/segment/callback",
		Scope:       "destination/clearbrain",
	}}
}

type result struct {
	grant wire.Grant
	err   error
}

// run is a Flow that is under way, and its browser.
type run struct {
	t        *testing.T
	redirect string
	host     string
	request  authorize.Request
	notes    chan string
	ended    chan result
}

// start runs f until it waits for its callback.
func start(t *testing.T, ctx context.Context, f *Flow) *run {
	t.Helper()
	u, err := url.Parse(f.App.RedirectURL)
	if err != nil {
		t.Fatal(err)
	}
	r := &run{t: t, redirect: f.App.RedirectURL, host: u.Host, notes: make(chan string, 100), ended: make(chan result, 1)}
	shown := make(chan authorize.Request, 1)
	f.Show = func(request authorize.Request) { shown <- request }
	f.Note = func(text string) { r.notes <- text }
	ctx, cancel := context.WithCancel(ctx)
	t.Cleanup(cancel)
	go func() {
		g, err := f.Run(ctx)
		r.ended <- result{g, err}
	}()
	select {
	case r.request = <-shown:
	case end := <-r.ended:
		t.Fatalf("Run ended early: %v", end.err)
	}
	return r
}

// callbackURL has the flow's state unless query brings one.
func (r *run) callbackURL(query string) string {
	if !strings.Contains(query, "state=") {
		query += "&state=" + r.request.State
	}
	return r.redirect + "?" + query
}

// answer is what a browser gets.
type answer struct {
	status int
	header http.Header
	body   string
}

func (r *run) get(target string) answer {
	r.t.Helper()
	req, err := http.NewRequest(http.MethodGet, target, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.do(req)
}

func (r *run) do(req *http.Request) answer {
	r.t.Helper()
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(body)}
}

func (r *run) end() (wire.Grant, error) {
	r.t.Helper()
	end := <-r.ended
	if port := strings.TrimPrefix(r.host, "localhost:"); !canListen("127.0.0.1:"+port) || !canListen("[::1]:"+port) {
		r.t.Error("the port is still held after Run")
	}
	return end.grant, end.err
}
