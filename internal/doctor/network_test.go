package doctor

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/config"
)

func TestAPIHostByItsAnswer(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a redirect was followed: %s %s", r.Method, r.URL)
	}))
	t.Cleanup(elsewhere.Close)
	for _, c := range []struct {
		status int
		kind   string
		want   Status
	}{
		{http.StatusOK, "application/json", OK},
		{http.StatusUnauthorized, "application/json", OK},
		{http.StatusForbidden, "application/json", OK},
		{http.StatusFound, "text/html", Failure},
		{http.StatusNotFound, "text/html", Failure},
		{http.StatusServiceUnavailable, "text/plain", Failure}, // Segment's answer to a URL that leads nowhere
		{http.StatusServiceUnavailable, "application/json", Warning},
		{http.StatusInternalServerError, "application/json", Warning},
		{http.StatusTooManyRequests, "application/json", Warning},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "" {
				t.Errorf("credentials were sent: %s", r.Header.Get("Authorization"))
			}
			w.Header().Set("Content-Type", c.kind)
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(c.status)
		}))
		t.Cleanup(server.Close)
		r := newRun(t, map[string]string{"SEGCTL_API_URL": server.URL, "SEGCTL_ID_URL": server.URL})
		if got := r.apiHost(t.Context()); got.Status != c.want || got.Check != config.APIURL {
			t.Errorf("%d %s: %s: %s", c.status, c.kind, got.Status, got.Message)
		}
	}
}

func TestUnreachableTellsWhichPartFailed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		via  string
		err  error
		want string
	}{
		{"no proxy", context.DeadlineExceeded, "nothing within 6s"},
		{"no proxy", &net.DNSError{Err: "no such host", Name: "api.example"}, "does not resolve"},
		{"through the proxy http://p", &net.OpError{Op: "proxyconnect", Err: errors.New("refused")}, "HTTPS_PROXY"},
		{"with a proxy setting that is no URL", errors.New("invalid proxy"), "NO_PROXY"},
		{"no proxy", errors.New("connection refused"), "connection refused"},
	} {
		f := unreachable(config.APIURL, "api.example", c.via, &url.Error{Op: "Get", URL: "https://api.example/?q=c4nary", Err: c.err})
		if f.Status != Failure || !strings.Contains(f.Message, c.want) || strings.Contains(f.Message, "c4nary") || len(f.Hints) != 1 {
			t.Errorf("%v: %+v", c.err, f)
		}
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	there := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	dated := http.Header{"Date": {there.Format(http.TimeFormat)}}
	for _, c := range []struct {
		name string
		api  host
		want Status
	}{
		{"no answer", host{}, Warning},
		{"no date", host{answered: true, header: http.Header{}}, Warning},
		{"right", host{answered: true, header: dated, here: there.Add(20 * time.Second)}, OK},
		{"slow", host{answered: true, header: dated, here: there.Add(-20 * time.Second)}, OK},
		{"minutes ahead", host{answered: true, header: dated, here: there.Add(4 * time.Minute)}, Warning},
		{"minutes behind", host{answered: true, header: dated, here: there.Add(-4 * time.Minute)}, Warning},
		{"an hour ahead", host{answered: true, header: dated, here: there.Add(time.Hour)}, Failure},
		{"an hour behind", host{answered: true, header: dated, here: there.Add(-time.Hour)}, Failure},
	} {
		if f := clock(c.api); f.Status != c.want {
			t.Errorf("%s: %s: %s", c.name, f.Status, f.Message)
		}
	}
}
