package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/serve/flow"
)

func TestPagesAreLimited(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.engine.view = openView()
	paths := []string{"/connect/" + theLink, "/connect/" + theLink + "?go=1", flow.CallbackPath + "?code=x", "/logo", "/nosuch", "/v1/nosuch"}
	for i := range pagesAtOnce {
		if w := s.get(paths[i%len(paths)]); w.Code == http.StatusTooManyRequests {
			t.Fatalf("request %d is too many", i)
		}
	}
	asked := len(s.engine.asked)
	for _, path := range paths {
		if w := s.get(path); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "1" {
			t.Errorf("%s: %d, Retry-After %q", path, w.Code, w.Header().Get("Retry-After"))
		}
	}
	if len(s.engine.asked) != asked {
		t.Errorf("the engine was asked %v", s.engine.asked[asked:])
	}
	for _, path := range []string{"/healthz", "/readyz"} { // else a crowd would have the service restarted
		if w := s.get(path); w.Code != http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := s.call("GET", "/v1/installs", ""); w.Code != http.StatusOK {
		t.Errorf("the backend behind the same address: %d", w.Code)
	}
	r := s.request(http.MethodGet, "/connect/"+theLink, "")
	r.RemoteAddr = "192.0.2.8:4711"
	if w := s.serve(r); w.Code != http.StatusOK {
		t.Errorf("another address: %d", w.Code)
	}
	s.now = s.now.Add(time.Second)
	for range pagesPerSecond {
		if w := s.get("/connect/" + theLink); w.Code != http.StatusOK {
			t.Errorf("a second later: %d", w.Code)
		}
	}
	if w := s.get("/connect/" + theLink); w.Code != http.StatusTooManyRequests {
		t.Errorf("after as many as there are in a second: %d", w.Code)
	}
}

// However many addresses there are, few are remembered, and those of the last ones.
func TestLimiterIsBounded(t *testing.T) {
	t.Parallel()
	l := newLimiter(1, 1)
	l.most = 100
	now := theTime()
	for i := range 10_000 {
		if l.take(fmt.Sprint(i), now) != 0 {
			t.Fatalf("client %d has to wait", i)
		}
		l.look(fmt.Sprint("look ", i), now)
		l.take("busy", now)
	}
	if len(l.clients) != 100 || l.oldest.Len() != 100 {
		t.Errorf("%d and %d clients are remembered", len(l.clients), l.oldest.Len())
	}
	if l.take("busy", now) == 0 || l.take("9999", now) == 0 {
		t.Error("who asked a moment ago is forgotten")
	}
	if wait := l.look("9999", now); wait != time.Second {
		t.Errorf("has to wait %s", wait)
	}
}

// A header counts only where a proxy of ours is trusted, and then the last address, which it put there.
func TestClientAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		trust     bool
		forwarded []string
		remote    string
		want      string
	}{
		{false, []string{"203.0.113.1"}, "192.0.2.7:1", "192.0.2.7"},
		{true, nil, "192.0.2.7:1", "192.0.2.7"},
		{true, []string{"203.0.113.1"}, "192.0.2.7:1", "203.0.113.1"},
		{true, []string{"198.51.100.1, 198.51.100.2,203.0.113.1"}, "192.0.2.7:1", "203.0.113.1"},
		{true, []string{"198.51.100.1", "203.0.113.1"}, "192.0.2.7:1", "203.0.113.1"},
		{true, []string{"198.51.100.1, "}, "192.0.2.7:1", "192.0.2.7"},
		{true, []string{"198.51.100.1, evil\n"}, "192.0.2.7:1", "192.0.2.7"},
		{true, []string{"203.0.113.1:5555"}, "192.0.2.7:1", "203.0.113.1"},
		{true, []string{"[2001:db8::1]:5555"}, "192.0.2.7:1", "2001:db8::1"},
		{true, []string{"2001:db8::1"}, "192.0.2.7:1", "2001:db8::1"},
		{false, nil, "[::ffff:192.0.2.7]:1", "192.0.2.7"},
		{false, nil, "[fe80::1%eth0]:1", "fe80::1"},
		{false, nil, "@", "unknown"},
	} {
		s := newStage(t, func(o *Options) { o.TrustProxy = c.trust })
		r := s.request(http.MethodGet, "/connect/x", "")
		r.RemoteAddr = c.remote
		r.Header["X-Forwarded-For"] = c.forwarded
		s.engine.view.State = flow.Unknown
		s.serve(r)
		if !strings.Contains(s.log.String(), `"client":"`+c.want+`"`) {
			t.Errorf("%+v: logged %s", c, s.log)
		}
	}
	if a, b := clientKey("2001:db8::1"), clientKey("2001:db8::ffff:0:0:2"); a != b || a != "2001:db8::/64" || clientKey("192.0.2.7") != "192.0.2.7" {
		t.Errorf("counted under %s and %s", a, b)
	}
}

// Who forges the header is not counted as somebody else each time.
func TestForgedAddressesAreLimited(t *testing.T) {
	t.Parallel()
	for _, trust := range []bool{false, true} {
		s := newStage(t, func(o *Options) { o.TrustProxy = trust })
		last := 0
		for i := range pagesAtOnce + 1 {
			r := s.request(http.MethodGet, "/nosuch", "")
			r.Header.Set("X-Forwarded-For", fmt.Sprintf("198.51.%d.%d", i/250, i%250)) // the client's
			if trust {
				r.Header.Add("X-Forwarded-For", "203.0.113.1") // the proxy's
			}
			last = s.serve(r).Code
		}
		if last != http.StatusTooManyRequests {
			t.Errorf("trusted %v: %d", trust, last)
		}
	}
}
