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

	"github.com/google/go-cmp/cmp"
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
	want := InstallToken{
		AccessToken: "4d9ee1b5-b752-4f7f-86d9-5680df6f8ce8", TokenType: "bearer", ExpiresIn: 3600, Scope: "workspace",
		AppName: "apps/myapp", InstallName: "install/10", WorkspaceNames: []string{"workspaces/userworkspace"},
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
	c := serve(t, nil)
	c.BaseURL = "http://" + listener.Addr().String()
	c.Wrap = wrap

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

func TestRefreshReadsWhatItCan(t *testing.T) {
	t.Parallel()
	// A new token exists by now: an oddity beside it is no reason to throw it away.
	for body, want := range map[string]int64{
		`{"access_token": "t", "expires_in": 3599}`:          3599,
		`{"access_token": "t", "expires_in": 3599.5}`:        3599,
		`{"access_token": "t", "expires_in": "3600"}`:        3600,
		`{"access_token": "t", "expires_in": null}`:          0,
		`{"access_token": "t", "expires_in": "soon"}`:        0,
		`{"access_token": "t", "expires_in": 1e999}`:         0,
		`{"access_token": "t", "scope": ["workspace"]}`:      0,
		`{"access_token": "t", "workspace_names": "w"}`:      0,
		`{"source_names": 7, "access_token": "t"}`:           0,
		`{"expires_in": 99999999999999, "access_token":"t"}`: 99999999999999,
	} {
		c := serve(t, always(200, body))
		got, err := c.RefreshInstall(t.Context(), "installs/7", "id", "secret")
		if err != nil || got.AccessToken != "t" || got.ExpiresIn != want {
			t.Errorf("%s: token %q, expires in %d, %v; want %d", body, got.AccessToken, got.ExpiresIn, err, want)
		}
	}
}

func FuzzInstallToken(f *testing.F) {
	for _, seed := range []string{
		refreshJSON, "", "null", "[]", `{"access_token": 7}`, `{"access_token":"t","expires_in":-1e400}`, `{"access_token":"canary`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		token, err := decodeInstallToken(body)
		var wrong *AnswerError
		if err != nil && !errors.As(err, &wrong) {
			t.Fatalf("error is %T: %v", err, err)
		}
		if err != nil && token.AccessToken != "" {
			t.Fatal("a token beside an error is lost")
		}
	})
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
	token := InstallToken{AccessToken: "canary", InstallName: "installs/7"}
	r := Request{Method: "POST", Path: "access-tokens", Password: "canary", Body: []byte("canary")}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		for _, v := range []any{token, &token, r, &r, []InstallToken{token}} {
			if text := fmt.Sprintf(format, v); strings.Contains(text, "canary") {
				t.Errorf("%s of %T: %s", format, v, text)
			}
		}
	}
}
