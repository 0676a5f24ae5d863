package sandbox

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// The pair of RFC 7636 appendix B.
const (
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

func auto(t *testing.T) *Server {
	t.Helper()
	return newSandbox(t, Options{AutoApprove: true, Now: newClock().Now})
}

// RFC 6749 §4.1.2.1: a wrong client or redirect URI is shown, never redirected.
func TestAuthorizationShowsErrorsOfClientAndRedirectURI(t *testing.T) {
	t.Parallel()
	s := auto(t)
	for name, target := range map[string]string{
		"unknown client":   authorizeURL("client_id", "nobody"),
		"no client":        authorizeURL("client_id", ""),
		"two clients":      authorizeURL() + "&client_id=" + DemoClientID,
		"other path":       authorizeURL("redirect_uri", DemoRedirectURL+"/more"),
		"other port":       authorizeURL("redirect_uri", "http://localhost:8889/auth/segment/callback"),
		"other host":       authorizeURL("redirect_uri", "http://127.0.0.1:8888/auth/segment/callback"),
		"two redirect URI": authorizeURL() + "&redirect_uri=https://evil.example",
	} {
		w := serve(s, httptest.NewRequest(http.MethodGet, target, nil))
		if w.Code < 400 || w.Header().Get("Location") != "" || !strings.Contains(w.Body.String(), "segctl sandbox") {
			t.Errorf("%s: status %d, Location %q", name, w.Code, w.Header().Get("Location"))
		}
	}
}

// RFC 6749 §4.1.2.1 and RFC 7636 §4.4.1: every other error goes back to the client. Those that Hydra 1.0 finds before the
// login have an empty state, unless the quirk gives back what came, as the RFC says.
func TestAuthorizationErrors(t *testing.T) {
	t.Parallel()
	lossy := auto(t)
	returning := newSandbox(t, Options{AutoApprove: true, Quirks: map[string]string{"error-state": "returned"}})
	for name, c := range map[string]struct {
		target, code string
		late         bool // found after the login by Hydra
	}{
		"no response_type":       {authorizeURL("response_type", ""), "unsupported_response_type", false},
		"token":                  {authorizeURL("response_type", "token"), "unsupported_response_type", false},
		"unknown response":       {authorizeURL("response_type", "code id_token"), "unsupported_response_type", false},
		"long challenge":         {authorizeURL("code_challenge", strings.Repeat("a", 129)), "invalid_request", true},
		"plain is in lower case": {authorizeURL("code_challenge", challenge, "code_challenge_method", "PLAIN"), "invalid_request", true},
		"other scope":            {authorizeURL("scope", "workspace"), "invalid_scope", false},
		"no scope":               {authorizeURL("scope", ""), "invalid_scope", false},
		"two scopes":             {authorizeURL("scope", "destination/clearbrain workspace"), "invalid_scope", false},
		"repeated parameter":     {authorizeURL() + "&scope=workspace", "invalid_request", false},
		"short challenge":        {authorizeURL("code_challenge", "short"), "invalid_request", true},
		"unknown method":         {authorizeURL("code_challenge", challenge, "code_challenge_method", "S512"), "invalid_request", true},
		"method without one":     {authorizeURL("code_challenge_method", "S256"), "invalid_request", true},
		"illegal characters":     {authorizeURL("code_challenge", challenge+"+"), "invalid_request", true},
		"upper-case response":    {authorizeURL("response_type", "CODE"), "unsupported_response_type", false},
		"scope comes first":      {authorizeURL("response_type", "token", "scope", "workspace"), "invalid_scope", false},
	} {
		q := callback(t, serve(returning, httptest.NewRequest(http.MethodGet, c.target, nil)))
		if q.Get("error") != c.code || q.Get("error_description") == "" || q.Get("error_hint") == "" || q.Get("state") != testState || q.Has("code") {
			t.Errorf("%s: %v, want %s", name, q, c.code)
		}
		q = callback(t, serve(lossy, httptest.NewRequest(http.MethodGet, c.target, nil)))
		state := ""
		if c.late {
			state = testState
		}
		if q.Get("error") != c.code || !q.Has("state") || q.Get("state") != state || q.Has("code") {
			t.Errorf("%s, with the default quirk: %v, want %s and state %q", name, q, c.code, state)
		}
	}
}

// The example of the guide: ?code=<43>.<43>&scope=destination%2Fclearbrain&state=…
func TestAuthorizationCallback(t *testing.T) {
	t.Parallel()
	w := serve(auto(t), httptest.NewRequest(http.MethodGet, authorizeURL("state", "a b&c=d/é"), nil))
	q := callback(t, w)
	if !regexp.MustCompile(`^[\w-]{43}\.[\w-]{43}$`).MatchString(q.Get("code")) {
		t.Errorf("code %q", q.Get("code"))
	}
	if q.Get("scope") != "destination/clearbrain" || q.Get("state") != "a b&c=d/é" || w.Code != http.StatusFound {
		t.Errorf("%d %v", w.Code, q)
	}
}

func TestRedirectURLKeepsItsQuery(t *testing.T) {
	t.Parallel()
	const mine = "http://localhost:9000/cb?tenant=7"
	s := newSandbox(t, Options{AutoApprove: true, RedirectURLs: []string{mine}})
	w := serve(s, httptest.NewRequest(http.MethodGet, authorizeURL("redirect_uri", mine), nil))
	if !strings.HasPrefix(w.Header().Get("Location"), mine+"&code=") {
		t.Errorf("Location %q", w.Header().Get("Location"))
	}
}

// RFC 6749 §3.1: the endpoint may take POST, with the parameters in the body; repeated ones are refused there too.
func TestAuthorizationByPost(t *testing.T) {
	t.Parallel()
	s := auto(t)
	post := func(target, form string) url.Values {
		r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return callback(t, serve(s, r))
	}
	_, form, _ := strings.Cut(authorizeURL(), "?")
	if q := post("/oauth2/auth", form); q.Get("code") == "" || q.Get("state") != testState {
		t.Errorf("%v", q)
	}
	if q := post("/oauth2/auth?response_type=code", form); q.Get("error") != "invalid_request" {
		t.Errorf("once in the query and once in the body: %v", q)
	}
	if w := serve(s, httptest.NewRequest(http.MethodPut, authorizeURL(), nil)); w.Code != 405 || w.Header().Get("Allow") != "GET, POST" {
		t.Errorf("PUT: %d %v", w.Code, w.Header())
	}
}
