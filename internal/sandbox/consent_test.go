package sandbox

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// person is a browser without JavaScript: it keeps cookies, submits forms, and stops at the redirect to the App.
type person struct {
	t      *testing.T
	client *http.Client
	url    string
	status int
	header http.Header
	page   string
}

func newPerson(t *testing.T, s *Server) *person {
	t.Helper()
	server := httptest.NewServer(checked(s))
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &person{t: t, url: server.URL, client: &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Port() == "8888" {
			return http.ErrUseLastResponse
		}
		return nil
	}}}
}

func (p *person) read(resp *http.Response, err error) *person {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	p.status, p.header, p.page = resp.StatusCode, resp.Header, string(body)
	if p.status == http.StatusOK {
		p.header.Set("X-Path", resp.Request.URL.Path)
	}
	return p
}

func (p *person) open(path string) *person { return p.read(p.client.Get(p.url + path)) }

// submit sends the page's form with its hidden fields and these values.
func (p *person) submit(path string, pairs ...string) *person {
	form := url.Values{}
	for _, field := range regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`).FindAllStringSubmatch(p.page, -1) {
		form.Set(field[1], field[2])
	}
	edit(form, pairs)
	return p.read(p.client.PostForm(p.url+path, form))
}

func (p *person) login() *person {
	return p.submit("/login", "email", DemoEmail, "password", DemoPassword)
}

func (p *person) shows(words ...string) *person {
	p.t.Helper()
	for _, word := range words {
		if !strings.Contains(p.page, word) {
			p.t.Errorf("%d: the page does not show %q:\n%s", p.status, word, p.page)
		}
	}
	return p
}

// returned is the query with which the person was sent back to the App.
func (p *person) returned() url.Values {
	p.t.Helper()
	location := p.header.Get("Location")
	if p.status != http.StatusSeeOther || !strings.HasPrefix(location, DemoRedirectURL) {
		p.t.Fatalf("%d, Location %q: %s", p.status, location, p.page)
	}
	u, err := url.Parse(location)
	if err != nil {
		p.t.Fatal(err)
	}
	return u.Query()
}

func TestConsent(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{})
	p := newPerson(t, s)
	p.open(authorizeURL("code_challenge", challenge, "code_challenge_method", "S256")).shows("Log in", "segctl sandbox")
	p.login().shows("Demo App", "ClearBrain", "Acme", "Globex", `value="workspaces/globex/sources/web"`, "Allow", "Deny", "segctl sandbox")
	if csp := p.header.Get("Content-Security-Policy"); !strings.Contains(csp, "form-action 'self' http: https:;") {
		t.Errorf("Content-Security-Policy %q would stop the browser on its way to the App", csp)
	}
	got := p.submit("/authorize", "workspace", "workspaces/globex", "source", "workspaces/globex/sources/web", "decision", "allow").returned()
	if got.Get("state") != testState {
		t.Errorf("%v", got)
	}
	answer := decode[tokenAnswer](t, serve(s, tokenRequest(got.Get("code"), "code_verifier", verifier)))
	if strings.Join(answer.SourceNames, ",") != "workspaces/globex/sources/web" || strings.Join(answer.WorkspaceNames, ",") != "workspaces/globex" {
		t.Errorf("%+v", answer)
	}
}

func TestLoggedInGoesStraightToConsent(t *testing.T) {
	t.Parallel()
	p := newPerson(t, newSandbox(t, Options{}))
	p.open(authorizeURL()).login()
	p.open(authorizeURL())
	if p.header.Get("X-Path") != "/authorize" {
		t.Errorf("came to %s", p.header.Get("X-Path"))
	}
}

func TestDeny(t *testing.T) {
	t.Parallel()
	p := newPerson(t, newSandbox(t, Options{}))
	got := p.open(authorizeURL()).login().submit("/authorize", "decision", "deny").returned()
	if got.Get("error") != "access_denied" || got.Get("state") != testState || got.Has("code") {
		t.Errorf("%v", got)
	}
}

func TestConsentIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	p := newPerson(t, newSandbox(t, Options{}))
	p.open(authorizeURL()).login()
	form := p.page
	p.submit("/authorize", "decision", "deny").returned()
	p.page = form
	p.submit("/authorize", "workspace", "workspaces/acme", "source", "workspaces/acme/sources/js", "decision", "allow")
	if p.status != 404 || p.header.Get("Location") != "" {
		t.Errorf("%d, Location %q", p.status, p.header.Get("Location"))
	}
}

// None of these gives a code, and the person can go on from each.
func TestConsentRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pairs  []string
		status int
		shows  string
	}{
		"source of another workspace": {[]string{"workspace", "workspaces/globex", "source", "workspaces/acme/sources/js"}, 400, "source of Globex"},
		"no source":                   {[]string{"workspace", "workspaces/acme"}, 400, "source of Acme"},
		"unknown workspace":           {[]string{"workspace", "workspaces/nosuch"}, 400, "choose a workspace"},
		"forged form":                 {[]string{"workspace", "workspaces/acme", "source", "workspaces/acme/sources/js", "form_token", "0"}, 403, "out of date"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPerson(t, newSandbox(t, Options{}))
			p.open(authorizeURL()).login()
			p.submit("/authorize", append(c.pairs, "decision", "allow")...).shows(c.shows, "Allow")
			if p.status != c.status {
				t.Errorf("status %d", p.status)
			}
			p.submit("/authorize", "workspace", "workspaces/acme", "source", "workspaces/acme/sources/js", "decision", "allow")
			if p.returned().Get("code") == "" {
				t.Error("no code after having corrected it")
			}
		})
	}
}

func TestWrongPassword(t *testing.T) {
	t.Parallel()
	p := newPerson(t, newSandbox(t, Options{}))
	p.open(authorizeURL()).submit("/login", "email", DemoEmail, "password", "wrong").shows("wrong")
	if p.status != 401 {
		t.Errorf("status %d", p.status)
	}
	p.submit("/login", "email", DemoEmail, "password", DemoPassword, "form_token", "0").shows("out of date")
	p.login().shows("Demo App")
}

func TestUnknownConsentChallenge(t *testing.T) {
	t.Parallel()
	w := serve(newSandbox(t, Options{}), httptest.NewRequest(http.MethodGet, "/authorize?consent_challenge=0123", nil))
	if w.Code != 404 || !strings.Contains(w.Body.String(), "segctl sandbox") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// No cookie but a sandbox's own logs anybody in.
func TestForgedSession(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{})
	other := newSandbox(t, Options{})
	x := &exchange{header: http.Header{}}
	other.startSession(x, DemoEmail)
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Cookie", x.header.Get("Set-Cookie"))
	if _, ok := s.session(r); ok {
		t.Error("the cookie of another sandbox was taken")
	}
	if _, ok := other.session(r); !ok {
		t.Error("its own cookie was not taken")
	}
}
