package sandbox

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"
)

// A browser behind the intercepting proxy goes from host to host as the guide shows: id. sends it to app. for the login and
// the consent, and app. sends it back to the App.
func TestChromiumThroughSegmentsNames(t *testing.T) {
	t.Parallel()
	authority, err := NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(authority.Certificate.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	pin := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	back := make(chan url.Values, 1)
	app := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/callback" {
			back <- r.URL.Query()
		}
	}))
	defer app.Close()
	redirect := app.URL + "/callback"
	s := newSandbox(t, Options{RedirectURLs: []string{redirect}})
	intercept := NewIntercept(s, authority.Certificate)
	defer intercept.Close()
	proxy := httptest.NewServer(intercept)
	defer proxy.Close()
	browser := startChromium(t, chromedp.ProxyServer(proxy.URL),
		chromedp.Flag("ignore-certificate-errors-spki-list", base64.StdEncoding.EncodeToString(pin[:])))

	visit(t, browser, chromedp.Navigate("https://id.segmentapis.com"+authorizeURL("redirect_uri", redirect)))
	at := func(want string) {
		t.Helper()
		var got string
		run(t, browser, chromedp.Evaluate(`location.origin + location.pathname`, &got))
		if got != want {
			t.Errorf("the browser is at %s, want %s", got, want)
		}
	}
	at("https://app.segment.com/login")
	run(t, browser, chromedp.Poll(`document.activeElement.id === "login"`, nil)) // so Enter logs in
	visit(t, browser, chromedp.Click("#login", chromedp.ByID))
	at("https://app.segment.com/authorize")
	// The script that keeps the sources in step comes by the same name.
	var sources string
	run(t, browser, chromedp.SendKeys("#workspace", "Globex", chromedp.ByID),
		chromedp.Evaluate(`[...document.querySelectorAll("#source option")].map(o => o.value).join(" ")`, &sources))
	if sources != "workspaces/globex/sources/web" {
		t.Errorf("sources of Globex: %q", sources)
	}
	visit(t, browser, chromedp.Click("#allow", chromedp.ByID))
	if q := <-back; q.Get("code") == "" || q.Get("state") != testState {
		t.Errorf("came back with %v", q)
	}

	// Who is logged in there already is not asked again, though id. cannot know it.
	visit(t, browser, chromedp.Navigate("https://id.segmentapis.com"+authorizeURL("redirect_uri", redirect)))
	at("https://app.segment.com/authorize")
}

// With a wrong password, the keyboard is where the right one goes.
func TestChromiumFocusAfterAWrongPassword(t *testing.T) {
	t.Parallel()
	browser := startChromium(t)
	server := httptest.NewServer(newSandbox(t, Options{}))
	defer server.Close()
	visit(t, browser, chromedp.Navigate(server.URL+authorizeURL()))
	run(t, browser, chromedp.SetValue("#password", "wrong", chromedp.ByID))
	visit(t, browser, chromedp.Click("#login", chromedp.ByID))
	run(t, browser, chromedp.Poll(`document.activeElement.id === "password"`, nil)) // the focus is set a moment after the load
}
