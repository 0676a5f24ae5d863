package authorize

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestAskRefused(t *testing.T) {
	t.Parallel()
	redirecting := func(location string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", location)
			w.WriteHeader(http.StatusFound)
		}
	}
	for _, tc := range []struct {
		name   string
		answer http.HandlerFunc
		want   Reason
		code   string
		status int
	}{
		{
			"to the redirect URL, without a state",
			redirecting(redirectURL + "?error=invalid_scope&error_description=The+requested+scope+is+invalid%2C+unknown%2C+or+malformed&error_hint=The+OAuth+2.0+Client+is+not+allowed+to+request+scope+%22workspace%22&state="),
			InvalidScope, "invalid_scope", 0,
		},
		{
			"to a page about errors",
			redirecting("/oauth2/fallbacks/error?error=invalid_client&error_description=Client+authentication+failed&error_hint=The+requested+OAuth+2.0+Client+does+not+exist."),
			InvalidClient, "invalid_client", 0,
		},
		{
			"unregistered redirect URL, as JSON",
			answering(400, `{"error":"invalid_request","error_description":"`+incomplete+`","error_hint":"The \"redirect_uri\" parameter does not match any of the OAuth 2.0 Client's pre-registered redirect urls.","status_code":400}`),
			RedirectMismatch, "invalid_request", 400,
		},
		{
			"insecure redirect URL, as JSON",
			answering(400, `{"error":"invalid_request","error_description":"`+incomplete+`","error_hint":"Redirect URL is using an insecure protocol"}`),
			InsecureRedirect, "invalid_request", 400,
		},
		{"unknown client, as JSON", answering(401, `{"error":"invalid_client","error_description":"Client authentication failed"}`), InvalidClient, "invalid_client", 401},
		{"rate limited", answering(429, ""), RateLimited, "", 429},
		{"failure", answering(503, "upstream connect error canary"), ServerFailure, "", 503},
		{"the page of a firewall", answering(403, "<html>canary</html>"), Other, "", 403},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := appAt(t, tc.answer)
			err := a.Ask(t.Context(), begin(t, a))
			var refused *Error
			if !errors.As(err, &refused) || refused.Stage != StageAuthorize || refused.Reason != tc.want || refused.Code != tc.code || refused.StatusCode != tc.status {
				t.Errorf("Ask returned %#v, want reason %d", err, tc.want)
			}
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("the error quotes more than the error fields: %v", err)
			}
		})
	}
}

// A server that has nothing against the request sends the owner on, and Ask does not follow.
func TestAskAllowed(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(w http.ResponseWriter){
		"login": func(w http.ResponseWriter) {
			w.Header().Set("Location", "/login?login_challenge=0123")
			w.WriteHeader(http.StatusFound)
		},
		"consent": func(w http.ResponseWriter) {
			w.Header().Set("Location", "/authorize?consent_challenge=0123")
			w.WriteHeader(http.StatusFound)
		},
		"a code": func(w http.ResponseWriter) {
			w.Header().Set("Location", redirectURL+"?code=x&state=y")
			w.WriteHeader(http.StatusFound)
		},
		"a page":      func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"error":"invalid_scope"}`) },
		"no Location": func(w http.ResponseWriter) { w.WriteHeader(http.StatusFound) },
		"a broken one": func(w http.ResponseWriter) {
			w.Header().Set("Location", "http://[::1?error=x")
			w.WriteHeader(http.StatusFound)
		},
		"nothing": func(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) },
		"the same address": func(w http.ResponseWriter) {
			w.Header().Set("Location", "?again")
			w.WriteHeader(http.StatusTemporaryRedirect)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int32
			var asked, userAgent string
			a := appAt(t, func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				asked, userAgent = r.Method+" "+r.URL.RequestURI(), r.UserAgent()
				if r.Header.Get("Authorization") != "" {
					t.Error("Ask sends credentials")
				}
				answer(w)
			})
			a.UserAgent = "segctl/1.2.3"
			r := begin(t, a)
			if err := a.Ask(t.Context(), r); err != nil {
				t.Errorf("Ask returned %v", err)
			}
			if want := "GET " + strings.TrimPrefix(r.URL, string(a.ID)); asked != want || userAgent != "segctl/1.2.3" || requests.Load() != 1 {
				t.Errorf("%d requests, %s by %q, want %s", requests.Load(), asked, userAgent, want)
			}
		})
	}
}

func TestAskUnanswered(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	a := appAt(t, func(http.ResponseWriter, *http.Request) { <-release })
	t.Cleanup(func() { close(release) }) // before the server of appAt is closed
	a.Timeout = time.Millisecond
	r := begin(t, a)
	err := a.Ask(t.Context(), r)
	var network *NetworkError
	if !errors.As(err, &network) || network.Stage != StageAuthorize || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("Ask returned %v", err)
	}
	if strings.Contains(err.Error(), r.State) || strings.Contains(err.Error(), "/oauth2/auth") {
		t.Errorf("the error shows the URL: %v", err)
	}
}
