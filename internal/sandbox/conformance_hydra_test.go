package sandbox

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// The hints of fosite 0.29.6, to the last full stop (and to the quotes that it gets wrong).
func TestHintsAreHydras(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{AutoApprove: true, Quirks: map[string]string{"short-state": "refused"}})
	for target, want := range map[string]string{
		authorizeURL("scope", "workspace"):                                         `The OAuth 2.0 Client is not allowed to request scope "workspace".`,
		authorizeURL("scope", "destination/clearbrain workspace"):                  `The OAuth 2.0 Client is not allowed to request scope "workspace".`,
		authorizeURL("response_type", "token"):                                     `The client is not allowed to request response_type "token".`,
		authorizeURL("response_type", ""):                                          `The request is missing the "response_type"" parameter.`,
		authorizeURL("state", "123"):                                               `Request parameter "state" must be at least be 8 characters long to ensure sufficient entropy.`,
		authorizeURL("code_challenge", challenge, "code_challenge_method", "S512"): `The code_challenge_method is not supported, use S256 instead.`,
	} {
		q := callback(t, serve(s, httptest.NewRequest(http.MethodGet, target, nil)))
		if q.Get("error_hint") != want {
			t.Errorf("%s: hint %q, want %q", target, q.Get("error_hint"), want)
		}
	}
	for name, c := range map[string]struct {
		request *http.Request
		want    string
	}{
		"redirect": {tokenRequest(newCodeFrom(t, s), "redirect_uri", "x"), `The "redirect_uri" from this request does not match the one from the authorize request.`},
		"grant":    {tokenRequest("", "grant_type", ""), `Request parameter "grant_type"" is missing`},
		"unknown":  {tokenRequest("abc.def"), ""},
		"verifier": {tokenRequest(newCodeFrom(t, s), "code_verifier", verifier), "Unable to find initial PKCE data tied to this request"},
		"Basic and form": {
			tokenRequest("abc.def", "client_id", "x", "client_secret", "y"),
			`The OAuth 2.0 Client supports client authentication method "client_secret_basic", but method "client_secret_post" was requested. ` +
				`You must configure the OAuth 2.0 client's "token_endpoint_auth_method" value to accept "client_secret_post".`,
		},
	} {
		if got := decode[oauthError](t, serve(s, c.request)).Hint; got != c.want {
			t.Errorf("%s: hint %q, want %q", name, got, c.want)
		}
	}
}

// The guide's state of three characters is taken, unless the quirk says what Hydra 1.0 does with it.
func TestShortState(t *testing.T) {
	t.Parallel()
	for quirk, want := range map[string]string{"accepted": "", "refused": "invalid_state"} {
		s := newSandbox(t, Options{AutoApprove: true, Quirks: map[string]string{"short-state": quirk}})
		for _, state := range []string{"123", "1234567", "12345678"} {
			q := callback(t, serve(s, httptest.NewRequest(http.MethodGet, authorizeURL("state", state), nil)))
			want := want
			if len(state) == 8 {
				want = ""
			}
			if q.Get("error") != want || q.Has("code") != (want == "") {
				t.Errorf("%s, state %q: %v", quirk, state, q)
			}
			if returned := q.Get("state"); want != "" && (!q.Has("state") || returned != "") {
				t.Errorf("%s, state %q: it came back as %q, want none", quirk, state, returned)
			}
		}
	}
}

// A slash too many is 307 at the authorization server, where the Config API takes it; nothing is done by that.
func TestSlashesAtTheAuthorizationServer(t *testing.T) {
	t.Parallel()
	s := auto(t)
	_, query, _ := strings.Cut(authorizeURL(), "?")
	for _, path := range []string{"/oauth2/auth/", "/oauth2//auth", "//oauth2/auth", "/oauth2/auth//"} {
		w := serve(s, httptest.NewRequest(http.MethodGet, "http://127.0.0.1"+path+"?"+query, nil))
		if w.Code != http.StatusTemporaryRedirect || w.Header().Get("Location") != "/oauth2/auth?"+query {
			t.Errorf("%s: %d, Location %q", path, w.Code, w.Header().Get("Location"))
		}
	}
	r := tokenRequest(newCodeFrom(t, s))
	r.URL.Path = "/oauth2/token/"
	if w := serve(s, r); w.Code != http.StatusTemporaryRedirect || w.Header().Get("Location") != "/oauth2/token" || w.Body.Len() > 0 {
		t.Errorf("token: %d, Location %q, %s", w.Code, w.Header().Get("Location"), w.Body)
	}
	if w := serve(s, httptest.NewRequest(http.MethodGet, "/login/", nil)); w.Code != http.StatusOK {
		t.Errorf("login: %d", w.Code)
	}
}

// What the server does not know may come as often as it likes.
func TestUnknownParametersMayRepeat(t *testing.T) {
	t.Parallel()
	s := auto(t)
	q := callback(t, serve(s, httptest.NewRequest(http.MethodGet, authorizeURL()+"&utm=1&utm=2", nil)))
	if q.Get("code") == "" {
		t.Fatalf("%v", q)
	}
	r := httptest.NewRequest(http.MethodPost, "/oauth2/token", strings.NewReader(url.Values{
		"grant_type": {"authorization_code"}, "code": {q.Get("code")}, "redirect_uri": {DemoRedirectURL}, "resource": {"a", "b"},
	}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(DemoClientID, DemoClientSecret)
	if w := serve(s, r); w.Code != http.StatusOK {
		t.Errorf("exchange: %d %s", w.Code, w.Body)
	}
}

// A client id in the form, without a secret, is nothing to Hydra beside Basic.
func TestClientIDInTheFormIsIgnored(t *testing.T) {
	t.Parallel()
	s := auto(t)
	if w := serve(s, tokenRequest(newCodeFrom(t, s), "client_id", "other")); w.Code != http.StatusOK {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// The guide's first step has no redirect_uri: its own URL is meant, also where others are registered beside it. What the
// exchange sends then does not matter. An App of one's own with several has to say which.
func TestWithoutRedirectURI(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{AutoApprove: true, RedirectURLs: []string{"http://localhost:41234/cb"}, Tokens: []string{workspaceToken}})
	for _, sent := range []string{"", DemoRedirectURL} {
		code := newCodeFrom(t, s, "redirect_uri", "")
		if w := serve(s, tokenRequest(code, "redirect_uri", sent)); w.Code != http.StatusOK {
			t.Errorf("exchange with redirect_uri %q: %d %s", sent, w.Code, w.Body)
		}
	}
	made := decode[map[string]any](t, api(s, workspaceToken, "POST", "/v1beta/workspaces/acme/apps",
		`{"app":{"display_name":"Mine","scope":"workspace","redirect_uris":["http://localhost:1/a","http://localhost:1/b"]}}`))
	w := serve(s, httptest.NewRequest(http.MethodGet, authorizeURL("client_id", made["client_id"].(string), "scope", "workspace", "redirect_uri", ""), nil))
	if w.Code != http.StatusBadRequest || w.Header().Get("Location") != "" {
		t.Errorf("several and none named: %d, Location %q", w.Code, w.Header().Get("Location"))
	}
}

// Plain http is for localhost alone, and [::1] does not count as that. Hydra says so after the consent, with the state.
func TestInsecureRedirect(t *testing.T) {
	t.Parallel()
	for redirect, ok := range map[string]bool{
		"http://[::1]:8888/cb": false, "http://app.example/cb": false, "http://localhost.example/cb": false,
		"http://127.0.0.1:8888/cb": true, "http://my.localhost/cb": true, "https://app.example/cb": true,
	} {
		s := newSandbox(t, Options{AutoApprove: true, RedirectURLs: []string{redirect}})
		w := serve(s, httptest.NewRequest(http.MethodGet, authorizeURL("redirect_uri", redirect), nil))
		back, err := url.Parse(w.Header().Get("Location"))
		if err != nil || !strings.HasPrefix(back.String(), redirect+"?") {
			t.Fatalf("%s: Location %q", redirect, w.Header().Get("Location"))
		}
		q := back.Query()
		if ok != q.Has("code") || q.Get("state") != testState {
			t.Errorf("%s: %v", redirect, q)
		}
		if !ok && (q.Get("error") != "invalid_request" || !strings.HasPrefix(q.Get("error_hint"), "Redirect URL is using an insecure protocol")) {
			t.Errorf("%s: %v", redirect, q)
		}
	}
}

// A code of another App is refused as Hydra does, and not used up.
func TestCodeOfAnotherApp(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{AutoApprove: true, Tokens: []string{workspaceToken}})
	made := decode[map[string]any](t, api(s, workspaceToken, "POST", "/v1beta/workspaces/acme/apps",
		`{"app":{"display_name":"Mine","scope":"workspace","redirect_uris":["`+DemoRedirectURL+`"]}}`))
	r := tokenRequest(newCodeFrom(t, s))
	r.SetBasicAuth(made["client_id"].(string), made["client_secret"].(string))
	if got := decode[oauthError](t, serve(s, r)); got.Code != "invalid_request" || !strings.Contains(got.Hint, "Client ID from this request") {
		t.Errorf("%+v", got)
	}
}

// A consent page that was left open too long sends the person back with request_unauthorized, whatever they press.
func TestConsentLeftOpen(t *testing.T) {
	t.Parallel()
	for _, decision := range []string{"allow", "deny"} {
		clock := newClock()
		s := newSandbox(t, Options{Now: clock.Now})
		p := newPerson(t, s)
		p.open(authorizeURL()).login()
		clock.advance(consentLifetime + time.Second)
		serve(s, httptest.NewRequest(http.MethodGet, authorizeURL(), nil)) // somebody else's request does not make it forgotten
		got := p.submit("/authorize", "workspace", "workspaces/acme", "source", "workspaces/acme/sources/js", "decision", decision).returned()
		if got.Get("error") != "request_unauthorized" || got.Get("state") != testState || got.Has("code") ||
			got.Get("error_hint") != "Check that you provided valid credentials in the right format." {
			t.Errorf("%s: %v", decision, got)
		}
	}
}
