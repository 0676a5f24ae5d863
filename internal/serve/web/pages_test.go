package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/serve/flow"
	"github.com/segctl/segctl/internal/serve/ledger"
)

func openView() flow.View {
	return flow.View{State: flow.Open, Customer: "acme", Destination: "clearbrain", ExpiresAt: theTime().Add(time.Hour)}
}

// The page of a link says who asks for what, and has one thing to do.
func TestConnectPage(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.engine.view = openView()
	w := s.get("/connect/" + theLink + "?utm_source=" + theCode)
	body := w.Body.String()
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, body)
	}
	for _, want := range []string{
		"<title>Connect Segment to ClearBrain · ClearBrain</title>", `<html lang="en">`, `<meta name="viewport" content="width=device-width, initial-scale=1">`,
		"acme", "clearbrain", "25 November 2026, 10:30 UTC", `datetime="2026-11-25T10:30:00Z"`, `<a id="go" class="button" href="?go=1">Continue to Segment</a>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
	if strings.Contains(body, theCode) || strings.Contains(body, theLink) || strings.Contains(body, "<script") || strings.Count(body, "href=") != 1 {
		t.Errorf("the page has what it should not:\n%s", body)
	}
	if got := strings.Join(s.engine.asked, ", "); got != "look "+theLink || len(w.Result().Cookies()) > 0 {
		t.Errorf("asked: %s, cookies %v", got, w.Result().Cookies())
	}
}

func TestBegin(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.engine.view = openView()
	s.header.Set("Sec-Fetch-Mode", "navigate")
	w := s.get("/connect/" + theLink + "?go=1")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "https://id.segmentapis.com/oauth2/auth?state=s" || w.Body.Len() > 0 {
		t.Errorf("%d to %s: %s", w.Code, w.Header().Get("Location"), w.Body)
	}
	if got := w.Header().Get("Set-Cookie"); got != "__Host-segctl-12345678=x; Path=/; HttpOnly; Secure; SameSite=Lax" {
		t.Errorf("cookie %s", got)
	}
}

// A browser that begins again and again ends with eight flows, the last ones, and not with more cookies than a server takes.
func TestBeginsWithoutEnd(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.engine.view = openView()
	r := s.request(http.MethodGet, "/connect/"+theLink+"?go=1", "")
	for n := range 10 {
		r.AddCookie(&http.Cookie{Name: fmt.Sprintf("__Host-segctl-0000000%d", n), Value: "x"})
		r.AddCookie(&http.Cookie{Name: fmt.Sprintf("other-%d", n), Value: "x"})
	}
	var cleared []string
	for _, c := range s.serve(r).Result().Cookies() {
		if c.MaxAge < 0 {
			cleared = append(cleared, c.Name)
		}
	}
	if got := strings.Join(cleared, " "); got != "__Host-segctl-00000000 __Host-segctl-00000001 __Host-segctl-00000002" {
		t.Errorf("cleared: %s", got)
	}
}

// Nothing but a navigation to ?go=1 begins a flow: no picture or script of another page, and no other word.
func TestBeginsOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ query, mode string }{
		{"", ""}, {"?go=0", ""}, {"?go=", ""}, {"?go=true", ""}, {"?GO=1", ""}, {"?go=1", "no-cors"}, {"?go=1", "cors"},
	} {
		s := newStage(t)
		s.engine.view = openView()
		if c.mode != "" {
			s.header.Set("Sec-Fetch-Mode", c.mode)
		}
		if w := s.get("/connect/" + theLink + c.query); w.Code != http.StatusOK || len(s.engine.asked) != 1 || len(w.Result().Cookies()) > 0 {
			t.Errorf("%+v: %d, asked %v", c, w.Code, s.engine.asked)
		}
	}
}

func TestLinksThatAreNotOpen(t *testing.T) {
	t.Parallel()
	for state, c := range map[flow.State]struct {
		status int
		title  string
	}{
		flow.Used:    {410, "This link was used already"},
		flow.Expired: {410, "This link has expired"},
		flow.Unknown: {404, "This link is not known"},
	} {
		for _, query := range []string{"", "?go=1"} {
			s := newStage(t)
			s.engine.view = flow.View{State: state, Customer: "acme", Connection: &ledger.Connection{Customer: "acme", Health: destination.Healthy}}
			w := s.get("/connect/" + theLink + query)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.title) || strings.Contains(w.Body.String(), "acme") || strings.Contains(w.Body.String(), "button\"") {
				t.Errorf("%s%s: %d\n%s", state, query, w.Code, w.Body)
			}
			if len(s.engine.asked) != 1 {
				t.Errorf("%s: asked %v", state, s.engine.asked)
			}
		}
		// Between the look and the beginning, somebody else was there.
		s := newStage(t)
		s.engine.view, s.engine.begin = openView(), &flow.LinkError{State: state}
		if w := s.get("/connect/" + theLink + "?go=1"); w.Code != c.status || !strings.Contains(w.Body.String(), c.title) || len(w.Result().Cookies()) > 0 {
			t.Errorf("%s since then: %d\n%s", state, w.Code, w.Body)
		}
	}
}

// reload returns after how many seconds a page asks for itself, "" for never.
func reload(page string) string {
	found := regexp.MustCompile(`<meta http-equiv="refresh" content="(\d+)">`).FindStringSubmatch(page)
	if found == nil {
		return ""
	}
	return found[1]
}

// What came of a link is told in the browser that it was used in: live, on its way, or what has to happen first.
func TestResults(t *testing.T) {
	t.Parallel()
	connection := func(enabled bool, h destination.Health, age time.Duration) *ledger.Connection {
		return &ledger.Connection{Install: "installs/7", Customer: "acme", Enabled: enabled, Health: h, Detail: "detail " + theKey, CreatedAt: theTime().Add(-age)}
	}
	cases := map[string]struct {
		connection *ledger.Connection
		words      string
		reload     string
	}{
		"not saved yet": {nil, "being switched on", "3"},
		"just now":      {connection(false, "", 0), "being switched on", "3"},
		"a while ago":   {connection(false, "", 5*time.Minute), "being switched on", "20"},
		"long ago":      {connection(false, "", 2*time.Hour), "It takes longer than it should", ""},
		"live":          {connection(true, destination.Healthy, 0), "Connected, and live", ""},
		"not checked":   {connection(true, "", 0), "Connected, and live", ""},
		"lost":          {&ledger.Connection{Lost: true, Health: destination.Healthy}, "No longer connected", ""},
	}
	for _, h := range destination.Healths() {
		switch h {
		case destination.Healthy:
		case destination.Unreachable:
			cases["unreachable"] = cases["just now"]
		default:
			c := cases["live"]
			c.connection, c.words = connection(false, h, 0), "Connected, but not yet on"
			cases[string(h)] = c
			c.connection, c.words = connection(true, h, 0), "Connected, but not on just now"
			cases["was on, "+string(h)] = c
		}
	}
	told := map[string]bool{}
	for name, c := range cases {
		s := newStage(t)
		s.engine.view = flow.View{State: flow.Used, Customer: "acme", Destination: "clearbrain", Connection: c.connection}
		r := s.request(http.MethodGet, "/connect/"+theLink, "")
		r.AddCookie(finishedCookie(theLink))
		w := s.serve(r)
		body := w.Body.String()
		if w.Code != http.StatusOK || !strings.Contains(body, c.words) || reload(body) != c.reload || !strings.Contains(body, "acme") || strings.Contains(body, theKey) {
			t.Errorf("%s: %d, reloads after %q\n%s", name, w.Code, reload(body), body)
		}
		told[regexp.MustCompile(`(?s)<p class="message">.*?</p>`).FindString(body)] = true
	}
	if len(told) < 9 {
		t.Errorf("%d different results are told", len(told))
	}
	// The cookie of another link, or one that was made up, is none.
	for _, cookie := range []*http.Cookie{finishedCookie("another"), {Name: finishedCookie(theLink).Name, Value: "1"}} {
		s := newStage(t)
		s.engine.view = flow.View{State: flow.Used, Customer: "acme", Connection: connection(true, destination.Healthy, 0)}
		r := s.request(http.MethodGet, "/connect/"+theLink, "")
		r.AddCookie(cookie)
		if w := s.serve(r); w.Code != http.StatusGone || strings.Contains(w.Body.String(), "acme") {
			t.Errorf("cookie %v: %d\n%s", cookie, w.Code, w.Body)
		}
	}
}

func TestCallback(t *testing.T) {
	t.Parallel()
	again := `href="/connect/` + theLink + `"`
	for status, c := range map[flow.Status]struct {
		status int
		words  string
		button bool
		reload string
	}{
		flow.StatusDenied:   {403, "You said no", true, ""},
		flow.StatusFailed:   {502, "Not connected yet", true, ""},
		flow.StatusConflict: {409, "somebody else", true, ""},
		flow.StatusExpired:  {410, "took too long", true, ""},
		flow.StatusUsed:     {410, "used already", false, ""},
		flow.StatusForeign:  {400, "Not begun in this browser", false, ""},
		flow.StatusPending:  {202, "One moment", false, "2"},
	} {
		s := newStage(t)
		s.engine.outcome = flow.Outcome{Status: status, LinkID: theLink, Detail: "Because of <b>that</b>.", Clear: []*http.Cookie{{Name: "__Host-segctl-12345678", Path: "/", MaxAge: -1, Secure: true}}}
		if status == flow.StatusForeign {
			s.engine.outcome.LinkID = ""
		}
		s.header.Set("Cookie", "__Host-segctl-12345678=x")
		query := "code=" + theCode + "&state=canary-state&error_description=canary-description"
		w := s.get(flow.CallbackPath + "?" + query)
		body := w.Body.String()
		if w.Code != c.status || !strings.Contains(body, c.words) || strings.Contains(body, again) != c.button || reload(body) != c.reload {
			t.Errorf("%s: %d\n%s", status, w.Code, body)
		}
		if strings.Contains(body, "<b>") || strings.Contains(body, "canary-state") || strings.Contains(body, theCode) || strings.Contains(body, "canary-description") {
			t.Errorf("%s: the page has what it should not:\n%s", status, body)
		}
		if got := strings.Join(s.engine.asked, ", "); got != "callback "+query || len(s.engine.cookies) != 1 {
			t.Errorf("asked %s with cookies %v", got, s.engine.cookies)
		}
		if got := w.Header().Values("Set-Cookie"); len(got) != 1 || !strings.Contains(got[0], "Max-Age=0") {
			t.Errorf("%s: cookies %v", status, got)
		}
	}
}

// The browser goes to the return URL that the engine signed, or to the link's page, which tells this browser what came of
// it; never to where the query says.
func TestConnected(t *testing.T) {
	t.Parallel()
	for location, want := range map[string]string{
		"https://partner.example/done?segctl_status=connected": "https://partner.example/done?segctl_status=connected",
		"": "/connect/" + theLink,
	} {
		s := newStage(t)
		s.engine.outcome = flow.Outcome{Status: flow.StatusConnected, Install: "installs/7", Customer: "acme", LinkID: theLink, Location: location}
		w := s.get(flow.CallbackPath + "?code=x&return_url=https://evil.example&redirect_uri=https://evil.example&go=https://evil.example")
		if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != want || w.Body.Len() > 0 {
			t.Errorf("%d to %s: %s", w.Code, got, w.Body)
		}
		cookies := w.Result().Cookies()
		if len(cookies) != 1 || !cookies[0].Secure || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteLaxMode || cookies[0].Path != "/" ||
			cookies[0].Domain != "" || strings.Contains(cookies[0].String(), theLink) || strings.HasPrefix(cookies[0].Name, "__Host-segctl-") {
			t.Fatalf("cookies %v", cookies)
		}
		s.engine.view = flow.View{State: flow.Used, Connection: &ledger.Connection{Enabled: true}}
		r := s.request(http.MethodGet, "/connect/"+theLink, "")
		r.AddCookie(cookies[0])
		if w := s.serve(r); !strings.Contains(w.Body.String(), "Connected, and live") {
			t.Errorf("%d\n%s", w.Code, w.Body)
		}
	}
}

// A browser that goes away stops nothing: the code can be exchanged only once.
func TestCallbackOutlivesTheBrowser(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.engine.outcome = flow.Outcome{Status: flow.StatusDenied}
	r := s.request(http.MethodGet, flow.CallbackPath+"?code=x", "")
	ctx, leave := context.WithCancel(r.Context())
	called := false
	s.engine.called = func(ctx context.Context) {
		leave()
		deadline, bounded := ctx.Deadline()
		if called = true; ctx.Err() != nil || !bounded || time.Until(deadline) < requestTimeout {
			t.Errorf("the callback ends with its browser: %v, %v", ctx.Err(), deadline)
		}
	}
	if s.serve(r.WithContext(ctx)); !called {
		t.Error("not called")
	}
}

// What cannot be done just now is said on a page, too, with the number that the log has.
func TestPagesOfErrors(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/connect/" + theLink, "/connect/" + theLink + "?go=1", flow.CallbackPath + "?code=" + theCode} {
		s := newStage(t)
		s.engine.view = openView()
		s.engine.err = errors.New("something with " + theCode)
		s.service.Redactor.Learn(theCode)
		w := s.get(path)
		id := w.Header().Get("X-Request-Id")
		if w.Code != 500 || !strings.Contains(w.Body.String(), id) || !strings.Contains(s.log.String(), id) || strings.Contains(w.Body.String()+s.log.String(), theCode) {
			t.Errorf("%s: %d\n%s\n%s", path, w.Code, w.Body, s.log)
		}
		s.engine.err = context.DeadlineExceeded
		if w := s.get(path); w.Code != 503 || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// Names are the customer's and the partner's own words, and stay words.
func TestPagesEscape(t *testing.T) {
	t.Parallel()
	evil := `"><img src=x onerror=alert(1)><a href="javascript:alert(1)">` + "\u202e\u200b" + `{{.Title}}`
	s := newStage(t, func(o *Options) { o.Name = evil })
	s.engine.view = openView()
	s.engine.view.Customer, s.engine.view.Destination = evil, evil
	pages := []string{s.get("/connect/" + theLink).Body.String()}
	s.engine.outcome = flow.Outcome{Status: flow.StatusFailed, Customer: evil, LinkID: evil, Detail: evil}
	pages = append(pages, s.get(flow.CallbackPath).Body.String())
	s.engine.view.State = flow.Used
	pages = append(pages, s.get("/connect/"+theLink).Body.String())
	for _, page := range pages {
		if strings.Contains(page, "<img") || strings.Contains(page, `href="javascript`) || strings.Contains(page, "\u202e") || strings.Contains(page, "\u200b") ||
			!strings.Contains(page, "&lt;img src=x") || !strings.Contains(page, `\u202e`) {
			t.Errorf("page:\n%s", page)
		}
	}
	if !strings.Contains(pages[1], `href="/connect/%22%3E%3Cimg`) {
		t.Errorf("the button of\n%s", pages[1])
	}
}

// The style is the one that the policy names, and nothing is loaded but the logo.
func TestPagesLoadNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.engine.view = openView()
	w := s.get("/connect/" + theLink)
	style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(w.Body.String())
	sum := sha256.Sum256([]byte(style[1]))
	if hash := base64.StdEncoding.EncodeToString(sum[:]); !strings.Contains(w.Header().Get("Content-Security-Policy"), "style-src 'sha256-"+hash+"'") {
		t.Errorf("the policy %s does not name %s", w.Header().Get("Content-Security-Policy"), hash)
	}
	for _, part := range []string{"<script", "src=", "url(", "http://", "https://", "style=", "@import", "<link"} {
		if strings.Contains(w.Body.String(), part) {
			t.Errorf("the page has %q", part)
		}
	}
}
