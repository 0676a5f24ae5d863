package segment

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/wire"
)

// The example of the "Enable with Segment" guide, refreshing: the install is "install/10", source_names is absent.
const refreshJSON = `{
 "access_token": "4d9ee1b5-b752-4f7f-86d9-5680df6f8ce8",
 "token_type": "bearer",
 "expires_in": 3600,
 "scope": "workspace",
 "app_name": "apps/myapp",
 "install_name": "install/10",
 "workspace_names": ["workspaces/userworkspace"]
}`

func TestRefreshInstall(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.RequestURI != "/v1beta/installs/10/token" {
			t.Errorf("request is %s %s", r.Method, r.RequestURI)
		}
		// As curl -u sends it: nothing is form-encoded.
		if id, secret, ok := r.BasicAuth(); !ok || id != "my id" || secret != "s3cr+t/%=" {
			t.Errorf("credentials are %q %q %t", id, secret, ok)
		}
		io.WriteString(w, refreshJSON)
	})
	got, err := c.RefreshInstall(t.Context(), "installs/10", "my id", "s3cr+t/%=")
	if err != nil {
		t.Fatal(err)
	}
	want := wire.Grant{
		AccessToken: "4d9ee1b5-b752-4f7f-86d9-5680df6f8ce8", Lifetime: time.Hour, Scope: "workspace",
		AppName: "apps/myapp", InstallName: "installs/10", WorkspaceNames: []string{"workspaces/userworkspace"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("token (-want +got):\n%s", diff)
	}
}

// A second request would kill the token that the first one got.
func TestRefreshIsSentOnce(t *testing.T) {
	t.Parallel()
	for _, status := range []int{401, 429, 500, 502, 503, 504} {
		var requests atomic.Int32
		c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			requests.Add(1)
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(status)
		})
		_, err := c.RefreshInstall(t.Context(), "installs/7", "id", "secret")
		var refused *Error
		if !errors.As(err, &refused) || refused.StatusCode != status {
			t.Errorf("%d: error is %v", status, err)
		}
		if n := requests.Load(); n != 1 {
			t.Errorf("%d: sent %d times", status, n)
		}
	}
}

func TestRefreshIsSentOnceWhenTheConnectionBreaks(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	c := serve(t, func(http.ResponseWriter, *http.Request) {
		requests.Add(1)
		panic(http.ErrAbortHandler)
	})
	_, err := c.RefreshInstall(t.Context(), "installs/7", "id", "canary-secret")
	var network *NetworkError
	if !errors.As(err, &network) {
		t.Errorf("error is %v, want a *NetworkError", err)
	}
	if strings.Contains(err.Error(), "canary") {
		t.Errorf("error shows the secret: %v", err)
	}
	if n := requests.Load(); n != 1 {
		t.Errorf("sent %d times", n)
	}
}

// On a connection that was kept alive, net/http sends a GET again by itself when the server hangs up without an answer.
// The server here answers one request per connection, reads a second one, carries it out, and hangs up.
func TestRefreshIsNotReplayedOnAKeptConnection(t *testing.T) {
	t.Parallel()
	wraps := map[string]func(http.RoundTripper) http.RoundTripper{
		"bare":    nil,
		"wrapped": func(next http.RoundTripper) http.RoundTripper { return roundTrip(next.RoundTrip) },
	}
	sends := map[string]func(*testing.T, *Client) error{
		"RefreshInstall": func(t *testing.T, c *Client) error {
			_, err := c.RefreshInstall(t.Context(), "installs/7", "id", "secret")
			return err
		},
		"Do": func(t *testing.T, c *Client) error {
			_, err := c.Do(t.Context(), &Request{Method: "GET", Path: "installs/7/token", Username: "id", Password: "secret"})
			return err
		},
	}
	for wrapping, wrap := range wraps {
		for way, send := range sends {
			t.Run(way+", "+wrapping, func(t *testing.T) {
				t.Parallel()
				refreshOnAKeptConnection(t, wrap, send)
			})
		}
	}
}

func refreshOnAKeptConnection(t *testing.T, wrap func(http.RoundTripper) http.RoundTripper, refresh func(*testing.T, *Client) error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	var refreshes, reused atomic.Int32
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go hangUpAfterOne(conn, &refreshes, &reused)
		}
	}()
	c := New(Options{
		Origin: wire.Origin("http://" + listener.Addr().String()), Token: constantToken, Transport: wire.NewTransport(nil, wrap),
	})

	// The counterpart shows that the server does provoke a repetition.
	for range 2 {
		if _, err := c.Do(t.Context(), &Request{Method: "GET", Path: "workspaces"}); err != nil {
			t.Fatal(err)
		}
	}
	if reused.Load() == 0 {
		t.Fatal("no connection was kept: this test proves nothing")
	}
	reused.Store(0)
	if err := refresh(t, c); err != nil {
		t.Fatal(err)
	}
	if n, again := refreshes.Load(), reused.Load(); n != 1 || again != 0 {
		t.Errorf("the server saw %d refreshes, %d on a kept connection", n, again)
	}
}

func hangUpAfterOne(conn net.Conn, refreshes, reused *atomic.Int32) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for served := 0; ; served++ {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		if strings.HasSuffix(r.URL.Path, "/token") {
			refreshes.Add(1)
		}
		if served > 0 {
			reused.Add(1)
			return
		}
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n"+`{"access_token":"t" }`)
	}
}

// A new token exists by now: an oddity beside it is no reason to throw it away.
func TestRefreshReadsWhatItCan(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]time.Duration{
		`{"access_token": "tok3n", "expires_in": 3.6e3}`:          time.Hour,
		`{"access_token": "tok3n", "expires_in": "60"}`:           time.Minute,
		`{"access_token": "tok3n", "scope": ["workspace"]}`:       time.Hour,
		`{"access_token": "tok3n", "workspace_names": "w"}`:       time.Hour,
		`{"source_names": 7, "access_token": "tok3n", "x": null}`: time.Hour,
	} {
		c := serve(t, always(200, body))
		got, err := c.RefreshInstall(t.Context(), "installs/7", "id", "secret")
		if err != nil || got.AccessToken != "tok3n" || got.Lifetime != want {
			t.Errorf("%s: token %q for %v, %v; want %v", body, got.AccessToken, got.Lifetime, err, want)
		}
	}
}

// The answer is all that is left of a token which nobody could read.
func TestUnreadableRefreshIsReturnedBesideItsAnswer(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"tok=canary", `{"access_token":"canary-1","token_type":"mac"}`, `{"access_token":7}`} {
		c := serve(t, always(200, body))
		_, resp, err := c.RefreshAnswer(t.Context(), "installs/7", "id", "secret")
		var wrong *wire.GrantError
		if !errors.As(err, &wrong) || resp == nil || string(resp.Body) != body || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %+v, %v", body, resp, err)
		}
	}
}

// A server that repeats an earlier install's token in a later answer gives nothing away.
func TestRefreshedTokenIsRedactedLater(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if Refreshed(strings.TrimPrefix(r.URL.Path, "/v1beta")) == "" {
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, `{"error":"who sent 4d9ee1b5-b752-4f7f-86d9-5680df6f8ce8?","code":3}`)
			return
		}
		io.WriteString(w, refreshJSON)
	})
	if _, err := c.RefreshInstall(t.Context(), "installs/10", "id", "secret"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Workspace(t.Context(), Name{Workspace: "acme"}); err == nil || strings.Contains(err.Error(), "4d9ee1b5") {
		t.Errorf("error is %v", err)
	}
}

func TestRefreshed(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"installs/7/token": "installs/7", "/installs/7/token/": "installs/7", "installs/7": "", "installs/7/token/x": "",
		"workspaces/installs/token": "", "": "",
	} {
		if got := Refreshed(path); got != want {
			t.Errorf("Refreshed(%q) = %q", path, got)
		}
	}
}

// However it is asked for: a second refresh would kill the token that the first one got.
func TestDoSendsARefreshOnce(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*Request{
		"credentials":    {Method: "GET", Path: "installs/7/token", Username: "id", Password: "secret"},
		"token":          {Method: "GET", Path: "installs/7/token"},
		"trailing slash": {Method: "GET", Path: "/installs/7/token/", Username: "id", Password: "secret"},
	} {
		for _, status := range []int{0, 401, 429, 503} {
			synctest.Test(t, func(t *testing.T) {
				requests := 0
				c := offline(func(*http.Request) (*http.Response, error) {
					if requests++; status == 0 {
						return nil, io.ErrUnexpectedEOF
					}
					return answer(status, ""), nil
				})
				var rejected []string
				tokens(c, &rejected, "old", "new")
				if _, err := c.Do(t.Context(), r); err == nil || requests != 1 {
					t.Errorf("%s, %d: %d requests, %v", name, status, requests, err)
				}
			})
		}
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	t.Parallel()
	r := Request{Method: "POST", Path: "access-tokens", Password: "canary", Body: []byte("canary")}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		for _, v := range []any{r, &r, []Request{r}} {
			if text := fmt.Sprintf(format, v); strings.Contains(text, "canary") {
				t.Errorf("%s of %T: %s", format, v, text)
			}
		}
	}
}
