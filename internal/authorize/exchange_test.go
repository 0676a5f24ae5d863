package authorize

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExchangeRefused(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, body   string
		status       int
		reason       Reason
		code         string
		page         int
		pageSentence string
	}{
		{"wrong secret", `{"error":"invalid_client","error_description":"Client authentication failed"}`, 401, InvalidClient, "invalid_client", 502, "client id or secret"},
		{"used code", `{"error":"invalid_grant","error_hint":"already used"}`, 400, InvalidCode, "invalid_grant", 502, "expired"},
		{
			"unregistered redirect URL", `{"error":"invalid_request","error_description":"The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed"}`, 400,
			RedirectMismatch, "invalid_request", 502, "redirect URL",
		},
		{"redirect URL in a hint", `{"error":"invalid_grant","error_hint":"The \"redirect_uri\" from this request does not match"}`, 400, RedirectMismatch, "invalid_grant", 502, "redirect URL"},
		{"installed already", `{"error":"install already exists","code":6}`, 409, InstallExists, "install already exists", 409, "already"},
		{"scope", `{"error":"invalid_scope"}`, 400, InvalidScope, "invalid_scope", 502, "scope"},
		{"server error", `{"error":"server_error"}`, 500, ServerFailure, "server_error", 502, "just now"},
		{"plain text", "upstream connect error or disconnect/reset before headers", 503, ServerFailure, "", 502, "just now"},
		{"unknown", `{"error":"teapot"}`, 418, Other, "teapot", 502, "refused"},
		{"error with status 200", `{"error":"invalid_grant"}`, 200, InvalidCode, "invalid_grant", 502, "expired"},
		{"not JSON", `<html>hello</html>`, 200, BadAnswer, "", 502, "understood"},
		{"no token", `{"token_type":"bearer"}`, 200, BadAnswer, "", 502, "understood"},
		{"token of a wrong type", `{"access_token":7,"token_type":"bearer"}`, 200, BadAnswer, "", 502, "understood"},
		{"token with a newline", `{"access_token":"a\r\nX: y","token_type":"bearer"}`, 200, BadAnswer, "", 502, "understood"},
		{"wrong token type", `{"access_token":"canary-token","token_type":"mac"}`, 200, BadAnswer, "", 502, "understood"},
		{"too large", `{"access_token":"canary-token","pad":"` + strings.Repeat("x", maxAnswer) + `"}`, 200, BadAnswer, "", 502, "understood"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := flow(t, answering(tc.status, tc.body))
			f.Finish = func(context.Context, Grant) (string, error) {
				t.Error("Finish was called")
				return "", nil
			}
			r := start(t, t.Context(), f)
			page := r.get(r.callbackURL("code=" + theCode))
			grant, err := r.end()
			var refused *Error
			if !errors.As(err, &refused) {
				t.Fatalf("Run returned %v", err)
			}
			if diff := cmp.Diff(Grant{}, grant); diff != "" {
				t.Errorf("grant:\n%s", diff)
			}
			if refused.Stage != StageExchange || refused.Reason != tc.reason || refused.Code != tc.code || refused.StatusCode != tc.status {
				t.Errorf("got %#v", refused)
			}
			if strings.Contains(err.Error(), "canary-token") {
				t.Errorf("the error shows the token: %v", err)
			}
			if page.status != tc.page || !strings.Contains(page.body, tc.pageSentence) {
				t.Errorf("page %d:\n%s", page.status, page.body)
			}
		})
	}
}

// Whatever of ours a server sends back stays out of messages and the page.
func TestSecretsEchoed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 400, 503} {
		f := flow(t, nil)
		var canaries []string
		f.TokenURL = tokenServer(t, func(w http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			_, encoded, _ := r.BasicAuth()
			canaries = []string{r.PostForm.Get("code_verifier"), theCode, clientSecret, encoded, strings.TrimPrefix(r.Header.Get("Authorization"), "Basic ")}
			all := strings.Join(canaries, " \x1b[31m ")
			body := []byte(all)
			if status != 503 {
				body, _ = json.Marshal(map[string]string{"error": all, "error_description": all, "error_hint": all})
			}
			answering(status, string(body))(w, r)
		}).URL
		r := start(t, t.Context(), f)
		page := r.get(r.callbackURL("code=" + theCode))
		_, err := r.end()
		if err == nil || !strings.Contains(err.Error(), "[redacted]") {
			t.Fatalf("Run returned %v", err)
		}
		for _, canary := range append(canaries, "\x1b") {
			if strings.Contains(err.Error(), canary) || strings.Contains(page.body, canary) {
				t.Errorf("HTTP %d: %q shows in %v or the page", status, canary, err)
			}
		}
	}
}

// A redirecting token endpoint must not hand the secret or the code to another server.
func TestExchangeRedirected(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		var reached atomic.Int32
		thief := tokenServer(t, func(w http.ResponseWriter, r *http.Request) { reached.Add(1) })
		f := flow(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, thief.URL+"/oauth2/token", status) })
		r := start(t, t.Context(), f)
		r.get(r.callbackURL("code=" + theCode))
		var refused *Error
		if _, err := r.end(); !errors.As(err, &refused) || refused.StatusCode != status || !strings.Contains(err.Error(), "redirect") {
			t.Errorf("HTTP %d: Run returned %v", status, err)
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
			f := flow(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					exchanges.Add(1)
					hangUp(answer)(w, r)
				}
			})
			transport := &http.Transport{}
			t.Cleanup(transport.CloseIdleConnections)
			f.Transport = wrapped{transport, t}
			warm, err := (&http.Client{Transport: transport}).Get(f.TokenURL)
			if err != nil {
				t.Fatal(err)
			}
			warm.Body.Close()

			r := start(t, t.Context(), f)
			page := r.get(r.callbackURL("code=" + theCode))
			_, err = r.end()
			var network *NetworkError
			if !errors.As(err, &network) || !strings.Contains(f.TokenURL, network.Host) {
				t.Errorf("Run returned %v", err)
			}
			if strings.Contains(err.Error(), theCode) {
				t.Errorf("the error shows the code: %v", err)
			}
			if page.status != http.StatusBadGateway || !strings.Contains(page.body, "reached") {
				t.Errorf("page %d:\n%s", page.status, page.body)
			}
			if n := exchanges.Load(); n != 1 {
				t.Errorf("the code was sent %d times", n)
			}
		})
	}
}

// wrapped is a transport that cannot be told to open a new connection, so
// that all depends on the request: net/http must be unable to send it again.
type wrapped struct {
	http.RoundTripper
	t *testing.T
}

func (w wrapped) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.GetBody != nil || !req.Close {
		w.t.Error("the exchange can be sent a second time")
	}
	return w.RoundTripper.RoundTrip(req)
}

// An odd field must not cost the install: the code is spent by then.
func TestReadAnswerTolerates(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]Grant{
		`{"access_token":"t"}`: {AccessToken: "t", TokenType: "bearer"},
		`{"access_token":"t","token_type":"Bearer","expires_in":"3600"}`:                 {AccessToken: "t", TokenType: "Bearer", ExpiresIn: 3600},
		`{"access_token":"t","token_type":"bearer","expires_in":3599.5}`:                 {AccessToken: "t", TokenType: "bearer", ExpiresIn: 3599},
		`{"access_token":"t","token_type":"bearer","expires_in":1e300}`:                  {AccessToken: "t", TokenType: "bearer", ExpiresIn: 1<<31 - 1},
		`{"access_token":"t","token_type":"bearer","expires_in":-1}`:                     {AccessToken: "t", TokenType: "bearer"},
		`{"expires_in":"soon","scope":5,"access_token":"t","install_name":"installs/7"}`: {AccessToken: "t", TokenType: "bearer", InstallName: "installs/7"},
		`{"source_names":"x","access_token":"t","workspace_names":["workspaces/w"]}`:     {AccessToken: "t", TokenType: "bearer", WorkspaceNames: []string{"workspaces/w"}},
	} {
		got, err := readAnswer(200, []byte(body), nil)
		if err != nil {
			t.Errorf("%s: %v", body, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
}

// A wrapper around the exchange must not put it on a connection that was kept.
func TestExchangeBehindAWrapperHasItsOwnConnection(t *testing.T) {
	t.Parallel()
	addresses := make(chan string, 2)
	f := flow(t, func(w http.ResponseWriter, r *http.Request) {
		addresses <- r.RemoteAddr
		answering(200, granted)(w, r)
	})
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	f.Transport = transport
	var passed atomic.Int32
	f.Wrap = func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			passed.Add(1)
			return next.RoundTrip(r)
		})
	}
	warm, err := (&http.Client{Transport: transport}).Get(f.TokenURL)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, warm.Body)
	warm.Body.Close()

	r := start(t, t.Context(), f)
	r.get(r.callbackURL("code=" + theCode))
	if _, err := r.end(); err != nil {
		t.Fatal(err)
	}
	if kept, own := <-addresses, <-addresses; kept == own {
		t.Errorf("the exchange came over the kept connection from %s", kept)
	}
	if n := passed.Load(); n != 1 {
		t.Errorf("%d requests went through the wrapper", n)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
