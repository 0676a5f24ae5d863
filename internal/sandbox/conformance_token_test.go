package sandbox

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

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
	form := func(r *http.Request, more string) {
		b, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(b) + more))
	}
	for name, c := range map[string]struct {
		pairs  []string
		edit   func(*http.Request)
		status int
		code   string
	}{
		"wrong secret":       {nil, basic(DemoClientID, "wrong"), 401, "invalid_client"},
		"unknown client":     {nil, basic("nobody", DemoClientSecret), 401, "invalid_client"},
		"no client":          {nil, func(r *http.Request) { r.Header.Del("Authorization") }, 400, "invalid_request"},
		"client id alone":    {[]string{"client_id", DemoClientID}, func(r *http.Request) { r.Header.Del("Authorization") }, 401, "invalid_client"},
		"Basic and the form": {[]string{"client_id", DemoClientID, "client_secret", DemoClientSecret}, nil, 401, "invalid_client"},
		"secret in the form": {[]string{"client_id", DemoClientID, "client_secret", DemoClientSecret}, func(r *http.Request) { r.Header.Del("Authorization") }, 401, "invalid_client"},
		"bad escape":         {nil, basic(DemoClientID, DemoClientSecret+"%zz"), 400, "invalid_request"},
		"empty secret":       {nil, basic(DemoClientID, ""), 401, "invalid_client"},
		"bearer":             {nil, func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") }, 400, "invalid_request"},
		"repeated parameter": {nil, func(r *http.Request) { form(r, "&grant_type=authorization_code") }, 400, "invalid_request"},
		"code in the query":  {[]string{"code", ""}, func(r *http.Request) { r.URL.RawQuery = "code=abc.def" }, 400, "invalid_grant"},
		"malformed form":     {nil, func(r *http.Request) { form(r, "&x=%zz") }, 400, "invalid_request"},
		"password":           {[]string{"grant_type", "password"}, nil, 400, "unsupported_grant_type"},
		"no grant type":      {[]string{"grant_type", ""}, nil, 400, "invalid_request"},
		"other grant type":   {[]string{"grant_type", "client_credentials"}, nil, 400, "unsupported_grant_type"},
		"refresh token":      {[]string{"grant_type", "refresh_token"}, nil, 400, "unsupported_grant_type"},
		"no code":            {[]string{"code", ""}, nil, 400, "invalid_grant"},
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
			if w.Header().Get("Content-Type") != "application/json" || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("headers %v", w.Header())
			}
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

// RFC 7636 §4.3 to §4.6: what the verifier has to be; a wrong one burns the code.
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
		"too long":            {"S256", challenge, strings.Repeat("x", 129), false},
		"none asked for":      {"", "", "", true},
		"never asked for one": {"", "", verifier, false},
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
			if err := s.SetQuirk("pkce", "ignored"); err != nil {
				t.Fatal(err)
			}
			again := newCodeFrom(t, s, "code_challenge", c.challenge, "code_challenge_method", c.method)
			if w := serve(s, tokenRequest(again, "code_verifier", c.verifier)); w.Code != 200 {
				t.Errorf("with PKCE ignored: %d %s", w.Code, w.Body)
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

// RFC 6749 §4.1.2: ten minutes are the most that is recommended. Hydra 1.0 says of an expired code what it says of another
// redirect URI, but for the hint.
func TestCodeExpires(t *testing.T) {
	t.Parallel()
	for quirk, hint := range map[string]string{"invalid_request": hydraTexts("invalid_request").hint, "invalid_grant": ""} {
		clock := newClock()
		s := newSandbox(t, Options{AutoApprove: true, Now: clock.Now, Quirks: map[string]string{"expired-code": quirk}})
		code := newCodeFrom(t, s)
		clock.advance(10 * time.Minute)
		if got := decode[oauthError](t, serve(s, tokenRequest(code))); got.Code != quirk || got.Hint != hint || got.Status != 400 {
			t.Errorf("%s: %+v", quirk, got)
		}
	}
}

// RFC 6749 §4.1.2: a code is for one use, however many come at once.
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
