package flow

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/sandbox"
)

// formToken is the hidden field of the sandbox's forms.
var formToken = regexp.MustCompile(`name="form_token" value="([^"]*)"`)

// browser is an owner's, who logs in and decides.
type browser struct {
	t      testing.TB
	client *http.Client
}

// answer opens the authorization URL, logs in, and allows a source, or denies with "". It returns the query that the owner is
// sent back with.
func (r *rig) answer(authorization, source string) string {
	r.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		r.t.Fatal(err)
	}
	b := browser{r.t, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	to := b.open(authorization)
	if back, ok := strings.CutPrefix(to, publicURL+CallbackPath+"?"); ok {
		return back // refused at once
	}
	to = b.submit(to, url.Values{"email": {sandbox.DemoEmail}, "password": {sandbox.DemoPassword}})
	choice := url.Values{"decision": {"deny"}}
	if source != "" {
		workspace, _, _ := strings.Cut(source, "/sources/")
		choice = url.Values{"decision": {"allow"}, "workspace": {workspace}, "source": {source}}
	}
	back, ok := strings.CutPrefix(b.submit(to, choice), publicURL+CallbackPath+"?")
	if !ok {
		r.t.Fatalf("the owner is not sent back to %s", publicURL+CallbackPath)
	}
	return back
}

// open follows links to a page of the sandbox, or away from it, and returns where that is.
func (b browser) open(to string) string {
	b.t.Helper()
	for range 5 {
		resp, err := b.client.Get(to)
		if err != nil {
			b.t.Fatal(err)
		}
		_ = resp.Body.Close()
		location := resp.Header.Get("Location")
		if location == "" {
			return to
		}
		next, err := resp.Request.URL.Parse(location)
		if err != nil {
			b.t.Fatal(err)
		}
		if to = next.String(); next.Host != resp.Request.URL.Host {
			return to
		}
	}
	b.t.Fatal("redirected without end")
	return ""
}

// submit sends the form of a page, and returns where that leads to.
func (b browser) submit(page string, fields url.Values) string {
	b.t.Helper()
	resp, err := b.client.Get(page)
	if err != nil {
		b.t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	found := formToken.FindSubmatch(text)
	if err != nil || found == nil {
		b.t.Fatalf("no form at %s: %v\n%s", page, err, text)
	}
	fields.Set("form_token", string(found[1]))
	fields.Set("consent_challenge", resp.Request.URL.Query().Get("consent_challenge"))
	action := *resp.Request.URL
	action.RawQuery = ""
	if resp, err = b.client.PostForm(action.String(), fields); err != nil {
		b.t.Fatal(err)
	}
	_ = resp.Body.Close()
	next, err := resp.Request.URL.Parse(resp.Header.Get("Location"))
	if err != nil || resp.Header.Get("Location") == "" {
		b.t.Fatalf("the form at %s is answered with %s", page, resp.Status)
	}
	return next.String()
}
