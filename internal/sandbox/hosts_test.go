package sandbox

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// Each name serves its own routes, in whatever form it is written, and leads nowhere with those of the others. By a
// loopback name all of them are there.
func TestHostsServeTheirOwnRoutes(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{Tokens: []string{workspaceToken}})
	owners := map[string][]string{
		"/oauth2/auth":             {"id.segmentapis.com", "ID.SegmentAPIs.com", "id.segmentapis.com.", "id.segmentapis.com:8443"},
		"/oauth2/token":            {"id.segmentapis.com"},
		"/login":                   {"app.segment.com", "app.segment.com:443"},
		"/authorize":               {"app.segment.com"},
		"/v1beta/workspaces":       {"platform.segmentapis.com", "eu1.api.segmentapis.com", "Platform.segmentapis.com.:443"},
		"/v1beta/installs/1/token": {"platform.segmentapis.com", "eu1.api.segmentapis.com"},
	}
	var all []string
	for _, hosts := range owners {
		all = append(all, hosts...)
	}
	everywhere := []string{"127.0.0.1:8899", "localhost", "[::1]:8899", "segment.internal"}
	for path, own := range owners {
		for _, host := range append(everywhere, all...) {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Host = host
			r.Header.Set("Authorization", "Bearer "+workspaceToken)
			w := serve(s, r)
			lost := w.Code == http.StatusServiceUnavailable && w.Body.String() == upstream
			if served := slices.Contains(everywhere, host) || sameHost(own, host); served == lost {
				t.Errorf("%s at %s: %d %s", path, host, w.Code, w.Body)
			}
		}
	}
}

// sameHost reports whether host is one of the names, however it is written.
func sameHost(names []string, host string) bool {
	name, _ := hostName(host)
	return slices.ContainsFunc(names, func(other string) bool { own, _ := hostName(other); return own == name })
}

// The sandbox's own paths are there by every name, and the dashboard where a person would look for one.
func TestDashboardByHost(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{})
	for target, status := range map[string]int{
		"http://127.0.0.1/": 200, "https://app.segment.com/": 200, "https://id.segmentapis.com/": 503, "https://platform.segmentapis.com/": 503,
		"https://app.segment.com/_sandbox/style.css": 200, "https://id.segmentapis.com/_sandbox/style.css": 200,
	} {
		if w := serve(s, httptest.NewRequest(http.MethodGet, target, nil)); w.Code != status {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
}

// The authorization server sends the person to the host of the pages, as in the guide, and with the scheme and the port of
// the request; on the loopback address all stay together.
func TestRedirectsGoToTheNames(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{})
	for base, login := range map[string]string{
		"https://id.segmentapis.com":      "https://app.segment.com/login?",
		"https://id.segmentapis.com:8443": "https://app.segment.com:8443/login?",
		"http://id.segmentapis.com:8899":  "http://app.segment.com:8899/login?",
		"http://127.0.0.1:8899":           "/login?",
		"http://localhost":                "/login?",
	} {
		w := serve(s, httptest.NewRequest(http.MethodGet, base+authorizeURL(), nil))
		if got := w.Header().Get("Location"); w.Code != http.StatusFound || !strings.HasPrefix(got, login+"consent_challenge=") {
			t.Errorf("%s: %d, Location %q", base, w.Code, got)
		}
	}
}

// The cookie of the login is the login page's alone: who has it is sent on from there.
func TestLoggedInAtTheLoginPage(t *testing.T) {
	t.Parallel()
	p := newPerson(t, newSandbox(t, Options{}))
	p.open(authorizeURL()).login().shows("Demo App")
	for _, field := range strings.Fields(p.page) {
		if challenge, ok := strings.CutPrefix(field, `value="`); ok && len(challenge) > 32 {
			p.open("/login?consent_challenge=" + challenge[:32]).shows("Demo App")
			break
		}
	}
	if got := p.header.Get("X-Path"); got != "/authorize" {
		t.Errorf("came to %s", got)
	}
	p.open("/login").shows("Log in") // to log in as somebody else
}

// Who has to mend a redirect URL sees which one was sent, and which are registered.
func TestErrorPageComparesRedirectURLs(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{RedirectURLs: []string{"http://localhost:41234/cb"}})
	page := serve(s, httptest.NewRequest(http.MethodGet, authorizeURL("redirect_uri", "http://localhost:41234/<b>cb"), nil)).Body.String()
	for _, shown := range []string{
		"http://localhost:41234/&lt;b&gt;cb", "<code>http://localhost:41234/cb</code>", "<code>" + DemoRedirectURL + "</code>", "pre-registered",
	} {
		if !strings.Contains(page, shown) {
			t.Errorf("the page does not show %s:\n%s", shown, page)
		}
	}
	twice := authorizeURL() + "&redirect_uri=https://other.example"
	if page := serve(s, httptest.NewRequest(http.MethodGet, twice, nil)).Body.String(); !strings.Contains(page, "https://other.example") {
		t.Errorf("both that were sent:\n%s", page)
	}
	unknown := serve(s, httptest.NewRequest(http.MethodGet, authorizeURL("client_id", "nobody"), nil)).Body.String()
	if strings.Contains(unknown, `id="compared"`) {
		t.Errorf("an unknown App has no registered redirect URLs to show:\n%s", unknown)
	}
}

// What the authorization server has beside the two endpoints that the guide speaks of, nobody has seen at Segment.
func TestWhatElseHydraHas(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{})
	for _, path := range []string{"/.well-known/openid-configuration", "/.well-known/jwks.json", "/userinfo", "/oauth2/revoke", "/oauth2/introspect"} {
		if w := serve(s, httptest.NewRequest(http.MethodGet, path, nil)); w.Code != http.StatusServiceUnavailable || w.Body.String() != upstream {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}
