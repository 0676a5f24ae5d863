package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/serve/flow"
)

func TestHealth(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	if w := s.get("/healthz"); w.Code != http.StatusOK || w.Body.String() != "ok\n" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := s.get("/readyz"); w.Code != http.StatusOK || w.Body.String() != "ready\n" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Why the service is not ready is in the log, redacted and once, and in no answer.
func TestNotReady(t *testing.T) {
	t.Parallel()
	problem := errors.New("the database at db.internal refuses " + theKey)
	s := newStage(t, func(o *Options) { o.Ready = func(context.Context) error { return problem } })
	s.service.Redactor.Learn(theKey)
	s.service.quickly.clock = func() time.Time { return s.now }
	for range 3 {
		if w := s.get("/readyz"); w.Code != http.StatusServiceUnavailable || w.Body.String() != "not ready\n" {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		s.now = s.now.Add(readyFor)
	}
	if logged := s.log.String(); strings.Count(logged, "db.internal") != 1 || strings.Contains(logged, theKey) {
		t.Errorf("logged %s", logged)
	}
	problem = nil
	if w := s.get("/readyz"); w.Code != http.StatusOK || !strings.Contains(s.log.String(), "ready again") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := s.get("/healthz"); w.Code != http.StatusOK {
		t.Errorf("%d: a service that waits for its database need not be restarted", w.Code)
	}
}

// However many ask, the database is asked once a second, also when the first of them has gone away.
func TestReadyIsAskedOnce(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	gone, leave := context.WithCancel(t.Context())
	s := newStage(t, func(o *Options) {
		o.Ready = func(ctx context.Context) error {
			asked.Add(1)
			leave()
			return ctx.Err()
		}
	})
	s.service.quickly.clock = func() time.Time { return s.now }
	if w := s.serve(s.request(http.MethodGet, "/readyz", "").WithContext(gone)); w.Code != http.StatusOK {
		t.Errorf("%d", w.Code)
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { s.get("/readyz") })
	}
	all.Wait()
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// Requests are counted by route, method and status, and by nothing that a client can make up.
func TestMetrics(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(o *Options) {
		o.Metrics = func(w io.Writer) { _, _ = fmt.Fprintln(w, `segctl_links_total 3`) }
	})
	s.engine.view.State = flow.Unknown
	for i := range 5 {
		s.get(fmt.Sprint("/connect/", theLink, i))
		s.get(fmt.Sprint("/", theLink, i))
		s.service.ServeHTTP(httptest.NewRecorder(), s.request(fmt.Sprint("X", i), "/logo", ""))
	}
	w := s.get("/metrics")
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/plain; version=0.0.4; charset=utf-8" {
		t.Errorf("%d %s", w.Code, w.Header())
	}
	for _, want := range []string{
		"segctl_links_total 3\n",
		`segctl_http_requests_total{route="/connect/{id}",method="GET",status="404"} 5`,
		`segctl_http_requests_total{route="none",method="GET",status="404"} 5`,
		`segctl_http_requests_total{route="none",method="other",status="405"} 5`,
		`segctl_http_request_duration_seconds_count{route="/connect/{id}"} 5`,
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s in\n%s", want, w.Body)
		}
	}
	if strings.Contains(w.Body.String(), theLink) {
		t.Errorf("an id is in\n%s", w.Body)
	}
}
