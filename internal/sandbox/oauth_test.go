package sandbox

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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

// RFC 6749 §4.1.2.1: every other error goes back to the client, with the state as it came.
func TestAuthorizationErrors(t *testing.T) {
	t.Parallel()
	s := auto(t)
	for name, c := range map[string]struct{ target, code string }{
		"no response_type":    {authorizeURL("response_type", ""), "invalid_request"},
		"token":               {authorizeURL("response_type", "token"), "unsupported_response_type"},
		"other scope":         {authorizeURL("scope", "workspace"), "invalid_scope"},
		"no scope":            {authorizeURL("scope", ""), "invalid_scope"},
		"two scopes":          {authorizeURL("scope", "destination/clearbrain workspace"), "invalid_scope"},
		"repeated parameter":  {authorizeURL() + "&scope=workspace", "invalid_request"},
		"short challenge":     {authorizeURL("code_challenge", "short"), "invalid_request"},
		"unknown method":      {authorizeURL("code_challenge", challenge, "code_challenge_method", "S512"), "invalid_request"},
		"method without one":  {authorizeURL("code_challenge_method", "S256"), "invalid_request"},
		"illegal characters":  {authorizeURL("code_challenge", challenge+"+"), "invalid_request"},
		"lower-case response": {authorizeURL("response_type", "CODE"), "unsupported_response_type"},
	} {
		q := callback(t, serve(s, httptest.NewRequest(http.MethodGet, c.target, nil)))
		if q.Get("error") != c.code || q.Get("error_description") == "" || q.Get("error_hint") == "" || q.Get("state") != testState || q.Has("code") {
			t.Errorf("%s: %v, want %s", name, q, c.code)
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

func TestExchange(t *testing.T) {
	t.Parallel()
	s := auto(t)
	w := serve(s, tokenRequest(newCodeFrom(t, s)))
	got := decode[tokenAnswer](t, w)
	if !regexp.MustCompile(`^[\w-]{43}\.[\w-]{43}$`).MatchString(got.AccessToken) {
		t.Errorf("access token %q", got.AccessToken)
	}
	got.AccessToken = ""
	if diff := cmp.Diff(tokenAnswer{
		TokenType: "bearer", ExpiresIn: 3599, Scope: "destination/clearbrain", AppName: "apps/2", InstallName: "installs/1",
		WorkspaceNames: []string{"workspaces/acme"}, SourceNames: []string{"workspaces/acme/sources/js"},
	}, got); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Pragma") != "no-cache" {
		t.Errorf("headers %v, want those of RFC 6749 §5.1", w.Header())
	}
}

// source_names comes only with a destination scope.
func TestExchangeOfWorkspaceScope(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{AutoApprove: true, Scope: "workspace"})
	w := serve(s, tokenRequest(newCodeFrom(t, s, "scope", "workspace")))
	if w.Code != http.StatusOK || strings.Contains(w.Body.String(), "source_names") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// RFC 6749 §5.2, with the hint and the status code that Hydra adds.
func TestExchangeErrors(t *testing.T) {
	t.Parallel()
	basic := func(id, secret string) func(*http.Request) {
		return func(r *http.Request) { r.SetBasicAuth(id, secret) }
	}
	for name, c := range map[string]struct {
		pairs  []string
		edit   func(*http.Request)
		status int
		code   string
	}{
		"wrong secret":       {nil, basic(DemoClientID, "wrong"), 401, "invalid_client"},
		"unknown client":     {nil, basic("nobody", DemoClientSecret), 401, "invalid_client"},
		"no client":          {nil, func(r *http.Request) { r.Header.Del("Authorization") }, 401, "invalid_client"},
		"secret in the form": {[]string{"client_id", DemoClientID, "client_secret", DemoClientSecret}, func(r *http.Request) { r.Header.Del("Authorization") }, 401, "invalid_client"},
		"two clients":        {[]string{"client_id", "other"}, nil, 401, "invalid_client"},
		"bad escape":         {nil, basic(DemoClientID, DemoClientSecret+"%zz"), 401, "invalid_client"},
		"no grant type":      {[]string{"grant_type", ""}, nil, 400, "invalid_request"},
		"other grant type":   {[]string{"grant_type", "client_credentials"}, nil, 400, "unsupported_grant_type"},
		"refresh token":      {[]string{"grant_type", "refresh_token"}, nil, 400, "unsupported_grant_type"},
		"no code":            {[]string{"code", ""}, nil, 400, "invalid_request"},
		"unknown code":       {[]string{"code", "abc.def"}, nil, 400, "invalid_grant"},
		"no redirect_uri":    {[]string{"redirect_uri", ""}, nil, 400, "invalid_request"},
		"other redirect_uri": {[]string{"redirect_uri", "http://localhost:8888/other"}, nil, 400, "invalid_request"},
		"JSON body":          {nil, func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }, 400, "invalid_request"},
		"GET":                {nil, func(r *http.Request) { r.Method = "GET" }, 405, "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := auto(t)
			r := tokenRequest(newCodeFrom(t, s), c.pairs...)
			if c.edit != nil {
				c.edit(r)
			}
			w := serve(s, r)
			body := decode[map[string]any](t, w)
			if w.Code != c.status || body["error"] != c.code || body["error_description"] == "" || body["status_code"] != float64(c.status) {
				t.Errorf("%d %s, want %d %s", w.Code, w.Body, c.status, c.code)
			}
			if got := w.Header().Get("WWW-Authenticate") != ""; got != (c.status == 401) {
				t.Errorf("WWW-Authenticate %q", w.Header().Get("WWW-Authenticate"))
			}
		})
	}
}

// The text that Segment gave when redirect_uri was not the registered one.
func TestExchangeRedirectMismatchQuirk(t *testing.T) {
	t.Parallel()
	s := auto(t)
	code := newCodeFrom(t, s)
	w := serve(s, tokenRequest(code, "redirect_uri", ""))
	const old = "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed"
	if got := decode[map[string]any](t, w); got["error_description"] != old || got["error_hint"] == "" {
		t.Errorf("%v", got)
	}
	if w := serve(s, tokenRequest(code)); w.Code != 200 {
		t.Errorf("the right redirect_uri after the wrong one: %d %s", w.Code, w.Body)
	}
	s = newSandbox(t, Options{AutoApprove: true, Quirks: map[string]string{"redirect-mismatch": "off"}})
	w = serve(s, tokenRequest(newCodeFrom(t, s), "redirect_uri", ""))
	if got := decode[map[string]any](t, w); got["error"] != "invalid_grant" {
		t.Errorf("%v", got)
	}
}

// Both halves of Basic are form-encoded at the token endpoint (RFC 6749 §2.3.1) ...
func TestExchangeDecodesBasic(t *testing.T) {
	t.Parallel()
	s := auto(t)
	r := tokenRequest(newCodeFrom(t, s))
	r.SetBasicAuth(strings.ReplaceAll(DemoClientID, "-", "%2D"), strings.ReplaceAll(DemoClientSecret, "-", "%2D"))
	if w := serve(s, r); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// ... and plain, as curl -u sends them, at the refresh.
func TestRefreshTakesBasicAsItIs(t *testing.T) {
	t.Parallel()
	s := auto(t)
	in := installed(t, s, "destination/clearbrain")
	r := httptest.NewRequest(http.MethodGet, "/v1beta/"+in.InstallName+"/token", nil)
	r.SetBasicAuth(DemoClientID, strings.ReplaceAll(DemoClientSecret, "-", "%2D"))
	want(t, serve(s, r), 401, apiErrorBody("invalid client id or secret", 16))
}

func TestPKCE(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method, challenge, verifier string
		ok                          bool
	}{
		"S256":                {"S256", challenge, verifier, true},
		"plain":               {"plain", verifier, verifier, true},
		"plain by default":    {"", verifier, verifier, true},
		"S256 is not plain":   {"S256", challenge, challenge, false},
		"wrong verifier":      {"S256", challenge, strings.Repeat("x", 43), false},
		"no verifier":         {"S256", challenge, "", false},
		"too short":           {"plain", verifier, verifier[:42], false},
		"never asked for one": {"", "", verifier, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := auto(t)
			code := newCodeFrom(t, s, "code_challenge", c.challenge, "code_challenge_method", c.method)
			w := serve(s, tokenRequest(code, "code_verifier", c.verifier))
			if c.ok != (w.Code == 200) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if c.ok {
				return
			}
			if got := decode[oauthError](t, w); got.Code != "invalid_grant" {
				t.Errorf("%+v", got)
			}
			if w := serve(s, tokenRequest(code, "code_verifier", verifier)); w.Code != 400 {
				t.Errorf("the code survived a wrong verifier: %d", w.Code)
			}
		})
	}
}

// RFC 6749 §4.1.2: a second redemption is denied and revokes the token.
func TestCodeReuseRevokesToken(t *testing.T) {
	t.Parallel()
	s := auto(t)
	code := newCodeFrom(t, s)
	in := decode[tokenAnswer](t, serve(s, tokenRequest(code)))
	path := "/v1beta/workspaces/acme/sources/js/destinations/clearbrain"
	want(t, api(s, in.AccessToken, "GET", path, ""), 404, apiErrorBody("destination does not exist", 5))
	if got := decode[oauthError](t, serve(s, tokenRequest(code))); got.Code != "invalid_grant" {
		t.Errorf("%+v", got)
	}
	want(t, api(s, in.AccessToken, "GET", path, ""), 401, apiErrorBody("malformed token", 16))
	if w := refresh(s, in.InstallName); w.Code != 200 {
		t.Errorf("refresh after revocation: %d %s", w.Code, w.Body)
	}
}

func TestCodeExpires(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSandbox(t, Options{AutoApprove: true, Now: clock.Now})
	code := newCodeFrom(t, s)
	clock.advance(10 * time.Minute)
	if got := decode[oauthError](t, serve(s, tokenRequest(code))); got.Code != "invalid_grant" || !strings.Contains(got.Hint, "expired") {
		t.Errorf("%+v", got)
	}
}

func TestConcurrentRedemption(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{AutoApprove: true})
	for range 1000 {
		code := newCodeFrom(t, s)
		var won atomic.Int32
		var wait sync.WaitGroup
		start := make(chan struct{})
		for range 4 {
			wait.Go(func() {
				<-start
				if serve(s, tokenRequest(code)).Code == 200 {
					won.Add(1)
				}
			})
		}
		close(start)
		wait.Wait()
		if won.Load() != 1 {
			t.Fatalf("%d of 4 redemptions of one code succeeded", won.Load())
		}
	}
}

// The refresh as the guide shows it: a UUID, install/N, no source_names; the old token is dead at once.
func TestRefresh(t *testing.T) {
	t.Parallel()
	s := auto(t)
	in := installed(t, s, "destination/clearbrain")
	w := refresh(s, in.InstallName)
	got := decode[tokenAnswer](t, w)
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(got.AccessToken) {
		t.Errorf("access token %q is no UUID", got.AccessToken)
	}
	fresh := got.AccessToken
	got.AccessToken = ""
	if diff := cmp.Diff(tokenAnswer{
		TokenType: "bearer", ExpiresIn: 3600, Scope: "destination/clearbrain", AppName: "apps/2", InstallName: "install/1",
		WorkspaceNames: []string{"workspaces/acme"},
	}, got); diff != "" || strings.Contains(w.Body.String(), "source_names") {
		t.Errorf("answer (-want +got):\n%s\n%s", diff, w.Body)
	}
	path := "/v1beta/workspaces/acme/sources/js/destinations/clearbrain"
	want(t, api(s, in.AccessToken, "GET", path, ""), 401, apiErrorBody("malformed token", 16))
	want(t, api(s, fresh, "GET", path, ""), 404, apiErrorBody("destination does not exist", 5))
	want(t, refresh(s, "installs/99"), 404, apiErrorBody("install does not exist", 5))
}

func TestTokenExpires(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSandbox(t, Options{AutoApprove: true, Now: clock.Now, TokenTTL: time.Minute})
	in := installed(t, s, "destination/clearbrain")
	if in.ExpiresIn != 59 {
		t.Errorf("expires_in %d", in.ExpiresIn)
	}
	path := "/v1beta/workspaces/acme/sources/js/destinations/clearbrain"
	clock.advance(time.Minute - time.Nanosecond)
	if w := api(s, in.AccessToken, "GET", path, ""); w.Code != 404 {
		t.Errorf("just before expiry: %d", w.Code)
	}
	clock.advance(time.Nanosecond)
	want(t, api(s, in.AccessToken, "GET", path, ""), 401, apiErrorBody("malformed token", 16))
}

func TestIssued(t *testing.T) {
	t.Parallel()
	s := auto(t)
	in := installed(t, s, "destination/clearbrain")
	fresh := decode[tokenAnswer](t, refresh(s, in.InstallName)).AccessToken
	for _, token := range []string{in.AccessToken, fresh} {
		if !Issued(token) {
			t.Errorf("Issued(%q) is false", token)
		}
	}
	for _, token := range []string{
		"", "abc", "YL8a0w-Boz1EgZgmD2ELZvsxakjqSMwO8xe7tV-ToSk.nKaLX2QHocqalHR3O4BdoYdcopk3hjW4izYHMG14cxQ",
		"4d9ee1b5-b752-4f7f-86d9-5680df6f8ce8", newCode(), in.AccessToken + "x",
	} {
		if Issued(token) {
			t.Errorf("Issued(%q) is true", token)
		}
	}
}

func TestReinstall(t *testing.T) {
	t.Parallel()
	s := auto(t)
	first := installed(t, s, "destination/clearbrain")
	second := installed(t, s, "destination/clearbrain")
	if first.InstallName != second.InstallName || first.AccessToken == second.AccessToken {
		t.Errorf("%s and %s", first.InstallName, second.InstallName)
	}
	s = newSandbox(t, Options{AutoApprove: true, Quirks: map[string]string{"reinstall": "refused"}})
	installed(t, s, "destination/clearbrain")
	q := callback(t, serve(s, httptest.NewRequest(http.MethodGet, authorizeURL(), nil)))
	if q.Get("error_hint") != "install already exists" {
		t.Errorf("%v", q)
	}
}
