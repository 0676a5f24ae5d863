package cmd

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
)

// attacker is a server that wants a token. It answers everything as a sandbox might.
type attacker struct {
	*httptest.Server
	mu   sync.Mutex
	seen []string // every request, whole
}

func newAttacker(t *testing.T) *attacker {
	t.Helper()
	a := &attacker{}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		a.mu.Lock()
		a.seen = append(a.seen, fmt.Sprintf("%s %s %v %s", r.Method, r.RequestURI, r.Header, body))
		a.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token":"theirs","token_type":"bearer","expires_in":3600,"install_name":"installs/1","name":"x"}`)
	}))
	t.Cleanup(a.Close)
	return a
}

// wantNothing wants that the attacker was never spoken to at all: then it got no secret either.
func (a *attacker) wantNothing(t *testing.T, after string) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, request := range a.seen {
		t.Errorf("%s: the attacker got %s", after, request)
	}
	a.seen = nil
}

// TestRedirectsAreNotFollowed has the API, the refresh and the token endpoint send segctl to an attacker.
func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	s, hostile := newRig(t, sandbox.Options{}), newAttacker(t)
	s.must(t, "install", "--enable", "--api-key", "abcd1234")
	var redirects, status atomic.Int64
	s.intercept(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth2/auth" {
			s.ServeHTTP(w, r)
			return
		}
		redirects.Add(1)
		w.Header().Set("Location", hostile.URL+r.URL.Path)
		w.WriteHeader(int(status.Load()))
	})
	for _, code := range []int64{301, 302, 303, 307, 308} {
		status.Store(code)
		for _, args := range [][]string{
			{"dest", "get"},
			{"dest", "disable"},
			{"dest", "delete", "--yes"},
			{"api", "POST", "workspaces", "-f", "a=b"},
			{"catalog", "list"},
			{"token", "refresh"},
			{"installs", "import", installed},
			{"install", "--force"},
			{"api", "installs/1/token"},
			{"doctor"},
		} {
			before := redirects.Load()
			o := s.run(args...)
			if redirects.Load() == before || o.status == problem.ExitOK {
				t.Errorf("%d redirects with %d, and %v", redirects.Load()-before, code, o)
			}
			hostile.wantNothing(t, fmt.Sprintf("%q, %d", args, code))
		}
	}
}

// TestPagesStayOnTheHost has the answer name an attacker's URL as the next page, in several ways.
func TestPagesStayOnTheHost(t *testing.T) {
	t.Parallel()
	s, hostile := newRig(t, sandbox.Options{}), newAttacker(t)
	s.must(t, "install")
	host := strings.TrimPrefix(hostile.URL, "http://")
	for _, next := range []string{hostile.URL, "//" + host + "/", "@" + host, "x&host=" + host + "#", "../../../" + host, "\r\nHost: " + host, "%0d%0aHost:" + host} {
		asked := make(chan string, 10)
		s.intercept(func(w http.ResponseWriter, r *http.Request) {
			asked <- r.URL.Path + " " + r.URL.Query().Get("page_token")
			if r.URL.Query().Get("page_token") != "" {
				fmt.Fprint(w, `{"destinations":[]}`)
				return
			}
			_ = json.NewEncoder(w).Encode(map[string]any{"destinations": []string{}, "next_page_token": next})
		})
		for _, args := range [][]string{{"catalog", "list"}, {"api", "catalog/destinations", "--paginate"}} {
			s.run(args...)
			var pages []string
			for len(asked) > 0 {
				pages = append(pages, <-asked)
			}
			want := []string{"/v1beta/catalog/destinations ", "/v1beta/catalog/destinations " + next}
			if !slices.Equal(pages, want) {
				t.Errorf("%q: pages %q, want %q", args, pages, want)
			}
			hostile.wantNothing(t, next)
		}
	}
}

// TestNamesDoNotClimb gives names that would lead a request out of /v1beta, or to another host.
func TestNamesDoNotClimb(t *testing.T) {
	t.Parallel()
	s, hostile := newRig(t, sandbox.Options{}), newAttacker(t)
	s.must(t, "install", "--enable", "--api-key", "abcd1234")
	host := strings.TrimPrefix(hostile.URL, "http://")
	s.intercept(func(w http.ResponseWriter, r *http.Request) {
		if r.Host == host || !strings.HasPrefix(r.RequestURI, "/v1beta/") || strings.Contains(r.RequestURI, "..") {
			t.Errorf("the API got %s %s for %s", r.Method, r.RequestURI, r.Host)
		}
		s.Server.ServeHTTP(w, r) // not judged: these are names that nobody describes
	})
	for _, name := range []string{
		"..", "../../oauth2/token", "workspaces/../../oauth2/token", "//" + host + "/x", hostile.URL + "/v1beta/x", "@" + host, "x?y=" + host,
		"x#" + host, "%2e%2e/%2e%2e/oauth2", "workspaces/acme/%2e%2e/x", `..\..\oauth2`, "workspaces/acme/sources/js/destinations/../../x", "\r\nHost: " + host,
	} {
		for _, args := range [][]string{
			{"dest", "get", name},
			{"dest", "get", "x", "--source", name},
			{"source", "get", name},
			{"workspace", "get", name},
			{"catalog", "get", name},
			{"api", name},
			{"api", "DELETE", name},
			{"dest", "get", "--install", name},
			{"installs", "import", name},
			{"token", "refresh", "--install", name},
		} {
			if o := s.run(append(args, "--request-timeout", "10s")...); o.status == problem.ExitOK {
				t.Error(o)
			}
		}
	}
	hostile.wantNothing(t, "names")
}

// TestTokensStayWithTheirOrigin moves api_url under a saved install, and gives a sandbox's token to Segment itself, with
// an attacker for a proxy.
func TestTokensStayWithTheirOrigin(t *testing.T) {
	t.Parallel()
	s, hostile := newRig(t, sandbox.Options{}), newAttacker(t)
	s.must(t, "install", "--enable", "--api-key", "abcd1234")
	token := strings.TrimSpace(s.must(t, "token", "print").stdout)

	s.set("HTTPS_PROXY="+hostile.URL, "HTTP_PROXY="+hostile.URL)
	port := s.url[strings.LastIndex(s.url, ":"):]
	for _, origin := range []string{
		hostile.URL, "https://platform.segmentapis.com", "http://platform.segmentapis.com", "http://localhost" + port, s.url + ".evil.example",
		"http://127.0.0.1@evil.example", "https://127.0.0.1" + port,
	} {
		for _, args := range [][]string{{"dest", "get"}, {"api", "workspaces"}, {"token", "refresh"}, {"token", "print"}, {"dest", "list"}, {"dest", "delete", "--yes"}} {
			o := s.with("SEGCTL_API_URL=" + origin).run(args...)
			if o.status == problem.ExitOK || strings.Contains(o.stdout, token) {
				t.Errorf("%s: %v", origin, o)
			}
			hostile.wantNothing(t, origin)
		}
	}
	// Given by hand, the token is bound to nothing but its kind. A proxy would see the name of the host in any case.
	for _, origin := range []string{"https://platform.segmentapis.com", "https://evil.example"} {
		o := s.with("SEGCTL_API_URL="+origin, "SEGCTL_TOKEN="+token).run("api", "workspaces")
		if o.status != problem.ExitSignIn {
			t.Error(o)
		}
		hostile.wantNothing(t, origin)
	}
	// Where it is at home, it works still.
	s.must(t, "dest", "get")
}

// with is the rig with more in its environment.
func (s *rig) with(variables ...string) *rig {
	return &rig{Server: s.Server, url: s.url, home: s.home, env: slices.Concat(s.env, variables)}
}

// TestVerboseRefreshIsSentOnce wants a refresh on a connection of its own also where a trace is between: on one that was
// used before, net/http repeats a GET when the server hangs up, and the first may have killed the token.
func TestVerboseRefreshIsSentOnce(t *testing.T) {
	t.Parallel()
	s := newRig(t, sandbox.Options{})
	s.must(t, "install", "--enable", "--api-key", "abcd1234")
	s.Advance(2 * time.Hour)
	var addresses []string
	s.intercept(func(w http.ResponseWriter, r *http.Request) {
		if isRefresh(r) && slices.Contains(addresses, r.RemoteAddr) {
			t.Errorf("a refresh came on a connection that was used before")
		}
		addresses = append(addresses, r.RemoteAddr) // one request at a time
		s.ServeHTTP(w, r)
	})
	s.must(t, "dest", "get", "-v")
	if n := s.Counters().Refreshes[installed]; n != 1 {
		t.Errorf("%d refreshes, want 1", n)
	}
}
