package sandbox

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// testClock stands still until it is moved.
type testClock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *testClock {
	return &testClock{now: time.Date(2019, 5, 24, 23, 43, 2, 905e6, time.UTC)}
}

func (c *testClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *testClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// newSandbox returns a sandbox whose answers are held against the description of the API, as far as they go through
// serve or a handler of checked.
func newSandbox(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	judge(t, s)
	return s
}

// workspaceToken is a preset token that may do everything.
const workspaceToken = "test-token"

func newAPI(t *testing.T) *Server {
	t.Helper()
	return newSandbox(t, Options{Tokens: []string{workspaceToken}, Now: newClock().Now})
}

func serve(s http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	checked(s).ServeHTTP(w, r)
	return w
}

// api makes one Config API request with a bearer token.
func api(s http.Handler, token, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	return serve(s, r)
}

// want compares an answer's status and JSON body.
func want(t *testing.T, w *httptest.ResponseRecorder, status int, body string) {
	t.Helper()
	if w.Code != status {
		t.Errorf("status %d, want %d: %s", w.Code, status, w.Body)
		return
	}
	if diff := cmp.Diff(parse(t, body), parse(t, w.Body.String())); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

func parse(t *testing.T, body string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return v
}

func decode[T any](t *testing.T, w *httptest.ResponseRecorder) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	return v
}

func apiErrorBody(text string, code int) string {
	b, _ := json.Marshal(map[string]any{"error": text, "code": code})
	return string(b)
}

const testState = "af0ifjsldkj-9gHu"

// authorizeURL is the demo App's authorization request, changed by name and value pairs; an empty value leaves out.
func authorizeURL(pairs ...string) string {
	q := url.Values{
		"response_type": {"code"}, "client_id": {DemoClientID}, "redirect_uri": {DemoRedirectURL},
		"scope": {"destination/clearbrain"}, "state": {testState},
	}
	edit(q, pairs)
	return "/oauth2/auth?" + q.Encode()
}

func edit(q url.Values, pairs []string) {
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		}
	}
}

// callback is the redirect back to the App.
func callback(t *testing.T, w *httptest.ResponseRecorder) url.Values {
	t.Helper()
	location := w.Header().Get("Location")
	if !strings.HasPrefix(location, DemoRedirectURL+"?") {
		t.Fatalf("status %d, Location %q, want a redirect to the App: %s", w.Code, location, w.Body)
	}
	u, err := url.Parse(location)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

// newCodeFrom runs an auto-approved authorization request.
func newCodeFrom(t *testing.T, s *Server, pairs ...string) string {
	t.Helper()
	q := callback(t, serve(s, httptest.NewRequest(http.MethodGet, authorizeURL(pairs...), nil)))
	if q.Get("code") == "" {
		t.Fatalf("no code in %v", q)
	}
	return q.Get("code")
}

// tokenRequest is the exchange of code by the demo App, changed by pairs.
func tokenRequest(code string, pairs ...string) *http.Request {
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {DemoRedirectURL}}
	edit(form, pairs)
	r := httptest.NewRequest(http.MethodPost, "/oauth2/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(DemoClientID, DemoClientSecret)
	return r
}

// installed runs the whole flow and returns the exchange's answer.
func installed(t *testing.T, s *Server, scope string) tokenAnswer {
	t.Helper()
	w := serve(s, tokenRequest(newCodeFrom(t, s, "scope", scope)))
	if w.Code != http.StatusOK {
		t.Fatalf("exchange: %d %s", w.Code, w.Body)
	}
	return decode[tokenAnswer](t, w)
}

func refresh(s http.Handler, install string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "/v1beta/"+install+"/token", nil)
	r.SetBasicAuth(DemoClientID, DemoClientSecret)
	return serve(s, r)
}
