package authorize

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/wire"
)

func TestExchange(t *testing.T) {
	t.Parallel()
	var form url.Values
	var id, password, userAgent, path string
	a := appAt(t, func(w http.ResponseWriter, r *http.Request) {
		id, password, _ = r.BasicAuth()
		_ = r.ParseForm()
		form, userAgent, path = r.PostForm, r.UserAgent(), r.Method+" "+r.URL.String()
		answering(200, granted)(w, r)
	})
	a.UserAgent, a.Redactor = "segctl/1.2.3", new(secret.Redactor)
	r := begin(t, a)
	grant, err := a.Exchange(t.Context(), r, theCode)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantGrant(), grant); diff != "" {
		t.Errorf("grant (-want +got):\n%s", diff)
	}
	want := url.Values{
		"grant_type": {"authorization_code"}, "code": {theCode}, "redirect_uri": {redirectURL}, "code_verifier": {r.Verifier},
	}
	if diff := cmp.Diff(want, form); diff != "" {
		t.Errorf("form (-want +got):\n%s", diff)
	}
	// RFC 6749 §2.3.1: both halves are form-encoded before they go into Basic.
	if id != clientID || password != "canary-secret%2B%2F+%25" {
		t.Errorf("Basic user %q, password %q", id, password)
	}
	if userAgent != "segctl/1.2.3" || path != "POST /oauth2/token" {
		t.Errorf("%s by %q", path, userAgent)
	}
	for _, known := range []string{grant.AccessToken, theCode, clientSecret, r.Verifier} {
		if text := a.Redactor.Redact("sent " + known); strings.Contains(text, known) {
			t.Errorf("the redactor leaves %q", text)
		}
	}
}

// An answer without a scope grants the one that was asked for (RFC 6749 §5.1); another one is passed on as it is.
func TestExchangeScope(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]wire.Scope{
		`{"access_token":"t","install_name":"installs/7"}`:                     "destination/clearbrain",
		`{"access_token":"t","install_name":"installs/7","scope":"workspace"}`: "workspace",
	} {
		a := appAt(t, answering(200, body))
		grant, err := a.Exchange(t.Context(), begin(t, a), theCode)
		if err != nil || grant.Scope != want {
			t.Errorf("%s: scope %q, %v", body, grant.Scope, err)
		}
	}
}

const (
	incomplete = "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed"
	mismatch   = `The \"redirect_uri\" from this request does not match the one from the authorize request.`
)

func TestExchangeRefused(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, body string
		status     int
		want       Reason
		code       string
	}{
		{"wrong secret", `{"error":"invalid_client","error_description":"Client authentication failed"}`, 401, InvalidClient, "invalid_client"},
		{"used code", `{"error":"invalid_grant","error_hint":"already used"}`, 400, InvalidCode, "invalid_grant"},
		// Hydra 1.0 answers an expired code and another redirect URL alike; the hint alone tells them apart.
		{"the guide's text alone", `{"error":"invalid_request","error_description":"` + incomplete + `"}`, 400, CodeOrRedirect, "invalid_request"},
		{"other redirect URL", `{"error":"invalid_request","error_description":"` + incomplete + `","error_hint":"` + mismatch + `"}`, 400, RedirectMismatch, "invalid_request"},
		{"another hint", `{"error":"invalid_request","error_description":"` + incomplete + `","error_hint":"Something else."}`, 400, InvalidCode, "invalid_request"},
		{"expired code without a text", `{"error":"invalid_request"}`, 400, InvalidCode, "invalid_request"},
		{"redirect URL in a hint", `{"error":"invalid_grant","error_hint":"The \"redirect_uri\" from this request does not match"}`, 400, RedirectMismatch, "invalid_grant"},
		{"installed already", `{"error":"install already exists","code":6}`, 409, InstallExists, "install already exists"},
		{"scope", `{"error":"invalid_scope"}`, 400, InvalidScope, "invalid_scope"},
		{"server error", `{"error":"server_error"}`, 500, ServerFailure, "server_error"},
		{"rate limited", `{"error":"Resource exhausted","code":8}`, 429, RateLimited, "Resource exhausted"},
		{"rate limited in plain text", "slow down", 429, RateLimited, ""},
		{"plain text", "canary-token upstream connect error or disconnect/reset before headers", 503, ServerFailure, ""},
		{"plain text 400", "canary-token", 400, Other, ""},
		{"other fields", `{"message":"canary-token","access_token":"canary-token"}`, 400, Other, ""},
		{"unauthorized without a code", `{}`, 401, InvalidClient, ""},
		{"unknown", `{"error":"teapot"}`, 418, Other, "teapot"},
		{"error with status 200", `{"error":"invalid_grant","access_token":"canary-token","install_name":"installs/7"}`, 200, InvalidCode, "invalid_grant"},
		{"not JSON", `<html>canary-token</html>`, 200, BadAnswer, ""},
		{"no token", `{"token_type":"bearer"}`, 200, BadAnswer, ""},
		{"token of a wrong type", `{"access_token":7,"token_type":"bearer"}`, 200, BadAnswer, ""},
		{"token with a newline", `{"access_token":"a\r\nX: y","token_type":"bearer"}`, 200, BadAnswer, ""},
		{"wrong token type", `{"access_token":"canary-token","token_type":"mac"}`, 200, BadAnswer, ""},
		{"no install", `{"access_token":"canary-token","token_type":"bearer"}`, 200, NoInstall, ""},
		{"bad install", `{"access_token":"canary-token","install_name":"../canary-token"}`, 200, NoInstall, ""},
		{"too large", `{"access_token":"canary-token","pad":"` + strings.Repeat("x", maxAnswer) + `"}`, 200, BadAnswer, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := appAt(t, answering(tc.status, tc.body))
			grant, err := a.Exchange(t.Context(), begin(t, a), theCode)
			var refused *Error
			if !errors.As(err, &refused) {
				t.Fatalf("Exchange returned %v", err)
			}
			if diff := cmp.Diff(wire.Grant{}, grant); diff != "" {
				t.Errorf("grant:\n%s", diff)
			}
			if refused.Stage != StageExchange || refused.Reason != tc.want || refused.Code != tc.code || refused.StatusCode != tc.status {
				t.Errorf("got %#v, want reason %d", refused, tc.want)
			}
			if strings.Contains(err.Error(), "canary-token") {
				t.Errorf("the error quotes more than the error fields: %v", err)
			}
			var unusable *wire.GrantError
			if wantIt := tc.want == NoInstall; wantIt && (!errors.As(err, &unusable) || unusable.Field != "install_name") {
				t.Errorf("got %v, want a *wire.GrantError of install_name", err)
			}
		})
	}
}

// Whatever of ours a server sends back stays out of messages.
func TestSecretsEchoed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 400, 503} {
		var canaries []string
		a := appAt(t, func(w http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			_, encoded, _ := r.BasicAuth()
			canaries = []string{r.PostForm.Get("code_verifier"), theCode, clientSecret, encoded, strings.TrimPrefix(r.Header.Get("Authorization"), "Basic ")}
			all := strings.Join(canaries, " \x1b[31m ")
			body, _ := json.Marshal(map[string]string{"error": all, "error_description": all, "error_hint": all})
			answering(status, string(body))(w, r)
		})
		_, err := a.Exchange(t.Context(), begin(t, a), theCode)
		if err == nil || !strings.Contains(err.Error(), "[redacted]") {
			t.Fatalf("Exchange returned %v", err)
		}
		for _, canary := range append(canaries, "\x1b") {
			if strings.Contains(err.Error(), canary) {
				t.Errorf("HTTP %d: %q shows in %v", status, canary, err)
			}
		}
	}
}

// A redirecting token endpoint must not hand the secret or the code to another server.
func TestExchangeRedirected(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		var reached atomic.Int32
		thief := appAt(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) })
		a := appAt(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, string(thief.ID)+"/oauth2/token?error=invalid_grant", status)
		})
		_, err := a.Exchange(t.Context(), begin(t, a), theCode)
		var refused *Error
		if !errors.As(err, &refused) || refused.StatusCode != status || refused.Reason != BadAnswer || !strings.Contains(err.Error(), "redirect") {
			t.Errorf("HTTP %d: Exchange returned %v", status, err)
		}
		if n := reached.Load(); n != 0 {
			t.Errorf("HTTP %d: the other server got %d requests", status, n)
		}
	}
}

// One attempt, even over a connection that was idle when the server dropped it.
func TestExchangeNetwork(t *testing.T) {
	t.Parallel()
	hangUp := func(answer string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				panic(err)
			}
			_, _ = io.WriteString(conn, answer)
			_ = conn.Close()
		}
	}
	for name, answer := range map[string]string{
		"no answer":        "",
		"not HTTP":         "SSH-2.0-" + theCode + "\r\n\r\n",
		"body cut short":   "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + granted,
		"chunks cut short": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"acc",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var exchanges atomic.Int32
			a := appAt(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					exchanges.Add(1)
					hangUp(answer)(w, r)
				}
			})
			transport := &http.Transport{}
			t.Cleanup(transport.CloseIdleConnections)
			a.Transport = wire.NewTransport(unrepeatable{transport, t}, nil)
			warm, err := (&http.Client{Transport: transport}).Get(string(a.ID))
			if err != nil {
				t.Fatal(err)
			}
			warm.Body.Close()

			_, err = a.Exchange(t.Context(), begin(t, a), theCode)
			var network *NetworkError
			if !errors.As(err, &network) || network.Stage != StageExchange || !strings.HasSuffix(string(a.ID), network.Host) {
				t.Fatalf("Exchange returned %v", err)
			}
			if strings.Contains(err.Error(), theCode) {
				t.Errorf("the error shows the code: %v", err)
			}
			if n := exchanges.Load(); n != 1 {
				t.Errorf("the code was sent %d times", n)
			}
		})
	}
}

// unrepeatable is a transport that cannot be told to open a new connection, so that all depends on the request: net/http
// must be unable to send it again.
type unrepeatable struct {
	http.RoundTripper
	t *testing.T
}

func (u unrepeatable) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodPost && (req.GetBody != nil || !req.Close) {
		u.t.Error("the exchange can be sent a second time")
	}
	return u.RoundTripper.RoundTrip(req)
}

func TestExchangeTimeout(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	a := appAt(t, func(http.ResponseWriter, *http.Request) { <-release })
	t.Cleanup(func() { close(release) }) // before the server of appAt is closed
	a.Timeout = time.Millisecond
	_, err := a.Exchange(t.Context(), begin(t, a), theCode)
	var network *NetworkError
	if !errors.As(err, &network) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Exchange returned %v", err)
	}
}

// An answer without an end is not read to it.
func TestExchangeEndless(t *testing.T) {
	t.Parallel()
	a := appAt(t, func(w http.ResponseWriter, _ *http.Request) {
		chunk := []byte(strings.Repeat(" ", 1<<16))
		for {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	a.Timeout = 10 * time.Second
	_, err := a.Exchange(t.Context(), begin(t, a), theCode)
	var refused *Error
	if !errors.As(err, &refused) || refused.Reason != BadAnswer || !strings.Contains(err.Error(), "too large") {
		t.Errorf("Exchange returned %v", err)
	}
}

// A trace around the exchange must not put it on a connection that was kept.
func TestExchangeHasItsOwnConnection(t *testing.T) {
	t.Parallel()
	addresses := make(chan string, 2)
	a := appAt(t, func(w http.ResponseWriter, r *http.Request) {
		addresses <- r.RemoteAddr
		answering(200, granted)(w, r)
	})
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	var passed atomic.Int32
	a.Transport = wire.NewTransport(transport, func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			passed.Add(1)
			return next.RoundTrip(r)
		})
	})
	warm, err := (&http.Client{Transport: transport}).Get(string(a.ID))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, warm.Body)
	warm.Body.Close()
	if _, err := a.Exchange(t.Context(), begin(t, a), theCode); err != nil {
		t.Fatal(err)
	}
	if kept, own := <-addresses, <-addresses; kept == own {
		t.Errorf("the exchange came over the kept connection from %s", kept)
	}
	if n := passed.Load(); n != 1 {
		t.Errorf("%d requests went through the trace", n)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// An odd field must not cost the install: the code is spent by then.
func TestExchangeTolerates(t *testing.T) {
	t.Parallel()
	const install = `"access_token":"t","install_name":"installs/7","scope":"workspace"`
	for body, want := range map[string]wire.Grant{
		`{` + install + `}`: {},
		`{` + install + `,"token_type":"Bearer","expires_in":"3600"}`:             {Lifetime: time.Hour},
		`{` + install + `,"token_type":"bearer","expires_in":3.6e3}`:              {Lifetime: time.Hour},
		`{` + install + `,"error":7,"app_name":5,"expires_in":"soon"}`:            {},
		`{` + install + `,"source_names":"x","workspace_names":["workspaces/w"]}`: {WorkspaceNames: []string{"workspaces/w"}},
	} {
		a := appAt(t, answering(200, body))
		got, err := a.Exchange(t.Context(), begin(t, a), theCode)
		if err != nil {
			t.Errorf("%s: %v", body, err)
		}
		want.AccessToken, want.InstallName, want.Scope, want.Lifetime = "t", "installs/7", "workspace", time.Hour
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
}
