package sandbox

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A test can see paging, scope and PKCE in the log, and nothing that is secret.
func TestQueryForLog(t *testing.T) {
	t.Parallel()
	token := newToken()
	for query, want := range map[string]string{
		"":                           "",
		"page_size=2&page_token=abc": "page_size=2&page_token=abc",
		"scope=destination%2Fclearbrain&code_challenge_method=S256": "scope=destination%2Fclearbrain&code_challenge_method=S256",
		"b=1&a=2&b=3": "b=1&a=2&b=3",
		"follow":      "follow",
		"state=af0ifjsldkj&code_challenge=abcdef":                                   "state=" + masked + "&code_challenge=" + masked,
		"code=abc&%63ode=abc&CODE=abc":                                              "code=" + masked + "&%63ode=" + masked + "&CODE=" + masked,
		"code_verifier=a&client_secret=b&access_token=c&consent_challenge=d&state=": "code_verifier=" + masked + "&client_secret=" + masked + "&access_token=" + masked + "&consent_challenge=" + masked + "&state=",
		"x=" + token: "x=" + masked,
		token:        masked,
		"redirect_uri=http%3A%2F%2Flocalhost%2Fcb%3Fcode%3Dabc%26n%3D1": "redirect_uri=http%3A%2F%2Flocalhost%2Fcb%3Fcode%3D" + masked + "%26n%3D1",
		"broken=%zz": "broken=%zz",
	} {
		if got := queryForLog(newQuery(query)); strings.ReplaceAll(got, "%2A", "*") != want {
			t.Errorf("%s\nis  %s\nnot %s", query, got, want)
		}
	}
	// Of a query that is too long whole fields are left out: a part of a token has not the form of one.
	long := queryForLog(newQuery("a=1&x=" + strings.Repeat("y", maxLogged) + token))
	if long != "a=1&…" {
		t.Errorf("a long query is %.100q", long)
	}
	if got := queryForLog(newQuery("a=" + strings.Repeat("y", maxLogged/2))); len(got) > logBody+len("…") {
		t.Errorf("%d bytes of a query are kept", len(got))
	}
}

// Watch is told of every request, those before it and the last one before its end too.
func TestWatch(t *testing.T) {
	t.Parallel()
	for range 20 { // whether the end or the request is seen first is by chance
		s := newAPI(t)
		api(s, workspaceToken, "GET", "/v1beta/workspaces/acme", "")
		ctx, stop := context.WithCancel(t.Context())
		lines, first := make(chan string), make(chan struct{}, 2)
		go func() {
			s.Watch(ctx, func(r Request) {
				first <- struct{}{}
				lines <- r.String()
			})
			close(lines)
		}()
		<-first // it is told of that now
		api(s, "", "GET", "/v1beta/workspaces?page_size=1", "")
		stop()
		var got []string
		for line := range lines {
			got = append(got, line)
		}
		if diff := cmp.Diff([]string{
			"23:43:02.905 200 GET example.com/v1beta/workspaces/acme",
			"23:43:02.905 401 GET example.com/v1beta/workspaces?page_size=1",
		}, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	}
	line := Request{Time: time.Unix(0, 0).UTC(), Method: "POST", Host: "h", Path: "/p", Install: "installs/1", Fault: "drop"}.String()
	if line != "00:00:00.000 000 POST h/p  installs/1  drop" {
		t.Error(line)
	}
}

// What a client sends is not kept for longer, or at more length, than the log and the flow need. It is not parallel, so that
// no other test makes garbage meanwhile.
func TestMemoryIsBoundedInBytes(t *testing.T) { //nolint:paralleltest // it measures the heap of the process
	long := strings.Repeat("a", 900<<10)
	for name, request := range map[string]func() *http.Request{
		"state": func() *http.Request { return httptest.NewRequest(http.MethodGet, authorizeURL("state", long), nil) },
		"a state beside a challenge": func() *http.Request {
			return httptest.NewRequest(http.MethodGet, authorizeURL("code_challenge", challenge, "code_challenge_method", "plain", "zzz", long), nil)
		},
		"path":   func() *http.Request { return httptest.NewRequest(http.MethodGet, "/"+long, nil) },
		"query":  func() *http.Request { return httptest.NewRequest(http.MethodGet, "/v1beta/workspaces?q="+long, nil) },
		"method": func() *http.Request { return httptest.NewRequest(strings.ToUpper(long), "/v1beta/workspaces", nil) },
		"header": func() *http.Request {
			r := httptest.NewRequest(http.MethodPost, "/oauth2/token", strings.NewReader("x"))
			r.Header.Set("Content-Type", string([]byte(long)))
			return r
		},
		"host": func() *http.Request {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Host = string([]byte(long))
			return r
		},
		"token": func() *http.Request {
			r := httptest.NewRequest(http.MethodGet, "/v1beta/workspaces", nil)
			r.Header.Set("Authorization", "Bearer "+randomText()+long)
			return r
		},
	} {
		s := newSandbox(t, Options{RateLimit: 10})
		before := heapMB()
		for range 60 {
			serve(NewGuard(s, "example.com"), request())
		}
		if held := heapMB() - before; held > 24 {
			t.Errorf("%s: 60 requests of 900 KB hold %.0f MB", name, held)
		}
		if len(s.Requests()) != 60 {
			t.Errorf("%s: %d requests are in the log", name, len(s.Requests()))
		}
	}
}

// The newest of the authorization requests that wait are kept, of whatever length.
func TestPendingConsentsAreBoundedInBytes(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{})
	var pages []string
	for range 40 {
		w := serve(s, httptest.NewRequest(http.MethodGet, authorizeURL("state", strings.Repeat("s", 900<<10)), nil))
		pages = append(pages, strings.Replace(w.Header().Get("Location"), "/login", "/authorize", 1))
	}
	answers := func(page string) int { return serve(s, httptest.NewRequest(http.MethodGet, page, nil)).Code }
	if answers(pages[0]) != 404 || answers(pages[len(pages)-1]) != 302 || answers(pages[len(pages)-10]) != 302 {
		t.Errorf("the first %d, the last %d", answers(pages[0]), answers(pages[len(pages)-1]))
	}
	if size := s.store.sizes["consents"]; size > maxPendingBytes+1<<20 || size < maxPendingBytes/2 {
		t.Errorf("%d bytes are counted", size)
	}
	if err := s.Reset(""); err != nil || s.store.sizes["consents"] != 0 {
		t.Errorf("%v, and %d bytes are counted after a reset", err, s.store.sizes["consents"])
	}
}

// Tokens that are made up by the thousand do not fill the memory of the limit, and those of the minute keep theirs.
func TestRateLimitIsBounded(t *testing.T) {
	t.Parallel()
	var l rateLimit
	now := time.Unix(0, 0)
	l.allow("Bearer mine", 1, now)
	for range maxCounted + 100 {
		l.allow(randomText(), 1, now)
	}
	if len(l.counts) != maxCounted || l.allow("Bearer mine", 1, now) {
		t.Errorf("%d tokens are counted, or one is forgotten", len(l.counts))
	}
}
