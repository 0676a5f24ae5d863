package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/serve/flow"
)

func TestHosts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		public, host string
		page, inside int // what /connect/x and /healthz answer
	}{
		{"https://connect.partner.example", "connect.partner.example", 404, 200},
		{"https://connect.partner.example", "CONNECT.Partner.Example.:443", 404, 200},
		{"https://connect.partner.example", "evil.example", 421, 421},
		{"https://connect.partner.example", "connect.partner.example.evil.example", 421, 421},
		{"https://connect.partner.example", "", 421, 421},
		{"https://connect.partner.example", "localhost:8080", 421, 200},
		{"https://connect.partner.example", "127.0.0.1:8080", 421, 200},
		{"https://connect.partner.example", "[::1]:8080", 421, 200},
		{"https://connect.partner.example", "10.1.2.3:8080", 421, 200}, // a probe of Kubernetes
		{"https://connect.partner.example", "segctl:8080", 421, 200},   // Prometheus in the same compose file
		{"http://localhost:8080", "localhost:8080", 404, 200},
		{"http://localhost:8080", "127.0.0.1:8080", 421, 200}, // where the cookie would not be
		{"http://127.0.0.1:8080", "127.0.0.1:8080", 404, 200},
	} {
		s := newStage(t, func(o *Options) { o.PublicURL = c.public })
		s.engine.view = flow.View{State: flow.Unknown}
		for path, want := range map[string]int{"/connect/x": c.page, "/healthz": c.inside} {
			r := s.request(http.MethodGet, path, "")
			r.Host = c.host
			if w := s.serve(r); w.Code != want {
				t.Errorf("%s at host %q of %s: %d, want %d", path, c.host, c.public, w.Code, want)
			}
		}
		if asked := len(s.engine.asked); asked > 0 && c.page == 421 {
			t.Errorf("host %q: the engine was asked", c.host)
		}
	}
	s := newStage(t)
	for _, path := range []string{"http://evil.example/v1/installs", "http://evil.example/nosuch", "http://evil.example/v1/nosuch"} {
		if w := s.serve(s.request(http.MethodGet, path, "")); w.Code != 421 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/", 404, ""},
		{"GET", "/favicon.ico", 404, ""},
		{"GET", "/v1", 404, ""},
		{"GET", "/v1/nosuch", 404, ""},
		{"GET", "/v1/installs/", 404, ""},
		{"GET", "//v1/installs", 404, ""},
		{"GET", "/v1/../v1/installs", 404, ""},
		{"GET", "/v1/installs/%2e%2e/installs", 404, ""},
		{"GET", "/connect/", 404, ""},
		{"GET", "/connect/" + theLink + "/", 404, ""},
		{"GET", "/connect/" + theLink + "/x", 404, ""},
		{"GET", "/Connect/" + theLink, 404, ""},
		{"DELETE", "/v1/installs", 405, "GET, HEAD"},
		{"GET", "/v1/links", 405, "POST"},
		{"OPTIONS", "/v1/links", 405, "POST"},
		{"POST", "/connect/" + theLink, 405, "GET, HEAD"},
		{"POST", flow.CallbackPath, 405, "GET, HEAD"},
		{"HEAD", flow.CallbackPath, 405, "GET"},
		{"POST", "/healthz", 405, "GET, HEAD"},
	} {
		r := s.request(c.method, c.path, "")
		w := httptest.NewRecorder()
		s.service.ServeHTTP(w, r) // the judge takes some of these paths for others
		if w.Code != c.status || w.Header().Get("Allow") != c.allow || w.Header().Get("Location") != "" {
			t.Errorf("%s %s: %d, Allow %q, Location %q", c.method, c.path, w.Code, w.Header().Get("Allow"), w.Header().Get("Location"))
		}
		if strings.Contains(w.Body.String()+s.log.String(), theLink) || len(s.engine.asked) > 0 {
			t.Errorf("%s %s: asked %v, answered %s", c.method, c.path, s.engine.asked, w.Body)
		}
		wantType := "text/html; charset=utf-8"
		if strings.HasPrefix(c.path, "/v1") {
			wantType = "application/json"
		}
		if c.path == "/healthz" {
			wantType = "text/plain; charset=utf-8"
		}
		if got := w.Header().Get("Content-Type"); got != wantType {
			t.Errorf("%s %s is %s", c.method, c.path, got)
		}
	}
}

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"Cache-Control":               "no-store",
		"Referrer-Policy":             "no-referrer",
		"X-Content-Type-Options":      "nosniff",
		"X-Frame-Options":             "DENY",
		"X-Robots-Tag":                "noindex",
		"Strict-Transport-Security":   "max-age=31536000",
		"Access-Control-Allow-Origin": "",
	}
	s := newStage(t, func(o *Options) { o.Metrics = func(io.Writer) {} })
	s.engine.view.State = flow.Open
	s.engine.outcome = flow.Outcome{Status: flow.StatusConnected, Location: "https://partner.example/done"}
	for _, path := range []string{
		"/", "/nosuch", "/v1/nosuch", "/v1/installs", "/connect/x", "/connect/x?go=1", flow.CallbackPath, "/healthz", "/readyz", "/metrics",
		"http://evil.example/connect/x",
	} {
		r := s.request(http.MethodGet, path, "")
		r.Header.Set("Origin", "https://evil.example")
		w := httptest.NewRecorder()
		s.service.ServeHTTP(w, r)
		for name, value := range want {
			if got := w.Header().Get(name); got != value {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		csp := w.Header().Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(csp, part) {
				t.Errorf("%s: %s is not in %q", path, part, csp)
			}
		}
		if w.Header().Get("X-Request-Id") == "" {
			t.Errorf("%s: no request id", path)
		}
	}
	s = newStage(t, func(o *Options) { o.PublicURL = "http://localhost:8080" })
	if got := s.get("/healthz").Header().Get("Strict-Transport-Security"); got != "" {
		t.Errorf("HSTS over http: %s", got)
	}
}

// What a handler panics with may hold anything. It is answered, logged by its type and place, and the service goes on.
func TestPanics(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		panics any
		logged string
	}{
		"an error":        {errors.New("a secret " + theKey), "*errors.errorString"},
		"a text":          {theKey, "string"},
		"of the runtime":  {outOfRange(), "index out of range [5] with length 2"},
		"with the values": {struct{ Key string }{theKey}, "struct { Key string }"},
	} {
		s := newStage(t)
		s.engine.panics = c.panics
		if w := s.call("POST", "/v1/links", `{"customer":"acme","settings":{"api_key":"`+theKey+`"}}`); w.Code != 500 || strings.Contains(w.Body.String(), theKey) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		} else if id := w.Header().Get("X-Request-Id"); !strings.Contains(s.log.String(), id) {
			t.Errorf("%s: the log does not name %s", name, id)
		}
		if w := s.get("/connect/" + theLink); w.Code != 500 || !strings.Contains(w.Body.String(), w.Header().Get("X-Request-Id")) || strings.Contains(w.Body.String(), theKey) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		logged := s.log.String()
		if strings.Contains(logged, theKey) || strings.Contains(logged, theLink) || !strings.Contains(logged, c.logged) ||
			!strings.Contains(logged, "fakeEngine") || !strings.Contains(logged, `"status":500`) {
			t.Errorf("%s: logged %s", name, logged)
		}
	}
}

func outOfRange() (p any) {
	defer func() { p = recover() }()
	at := 5
	_ = []int{1, 2}[at]
	return nil
}

// A panic after half of an answer ends the connection: it must not look like a whole one.
func TestPanicHalfWay(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.service.mux.HandleFunc("GET /half", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		panic("half way")
	})
	defer func() {
		if p := recover(); p != any(http.ErrAbortHandler) {
			t.Errorf("panicked with %v", p)
		}
		if !strings.Contains(s.log.String(), `"msg":"request"`) {
			t.Errorf("not logged: %s", s.log)
		}
	}()
	s.service.ServeHTTP(httptest.NewRecorder(), s.request(http.MethodGet, "/half", ""))
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		trust bool
		sent  string
		kept  bool
	}{
		{true, "0af7651916cd43dd8448eb211c80319c", true},
		{false, "0af7651916cd43dd8448eb211c80319c", false},
		{true, "", false},
		{true, strings.Repeat("a", 65), false},
		{true, "a b", false},
		{true, "a\u202eb", false},
	} {
		s := newStage(t, func(o *Options) { o.TrustProxy = c.trust })
		s.header.Set("X-Request-Id", c.sent)
		got := s.get("/healthz").Header().Get("X-Request-Id")
		if got == "" || (got == c.sent) != c.kept || !strings.Contains(s.log.String(), got) {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

// HEAD is GET without a body, and does nothing.
func TestHEAD(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.engine.view.State = flow.Open
	server := httptest.NewServer(s.service)
	defer server.Close()
	for path, want := range map[string]int{"/connect/" + theLink: 200, "/connect/" + theLink + "?go=1": 200, "/healthz": 200, "/v1/installs": 200, "/nosuch": 404} {
		r, err := http.NewRequestWithContext(context.Background(), http.MethodHead, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = "connect.partner.example"
		r.Header.Set("Authorization", "Bearer "+theToken)
		resp, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want || resp.ContentLength <= 0 || len(resp.Cookies()) > 0 {
			t.Errorf("HEAD %s: %d, %d bytes, cookies %v", path, resp.StatusCode, resp.ContentLength, resp.Cookies())
		}
	}
	for _, asked := range s.engine.asked {
		if strings.HasPrefix(asked, "begin") {
			t.Error("HEAD began a flow")
		}
	}
}
