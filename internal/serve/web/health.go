package web

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

const (
	readyFor     = time.Second     // how long an answer of readyz is repeated, however many ask
	readyTimeout = 5 * time.Second // of finding out
)

// readiness is what was found out last.
type readiness struct {
	mu    sync.Mutex
	at    time.Time
	known bool
	err   error
	clock func() time.Time // this machine's: the service's may stand still
}

// healthz says that the process lives.
func (s *service) healthz(w http.ResponseWriter, _ *http.Request) {
	writeText(w, http.StatusOK, "ok")
}

// readyz says whether requests should be sent here. Why not is in the log: anybody may ask.
func (s *service) readyz(w http.ResponseWriter, r *http.Request) {
	if err := s.ready(r.Context()); err != nil {
		w.Header().Set("Retry-After", seconds(retryDatabase))
		writeText(w, http.StatusServiceUnavailable, "not ready")
		return
	}
	writeText(w, http.StatusOK, "ready")
}

// ready finds out whether the service can work, at most once a second. Who comes meanwhile waits for that answer.
func (s *service) ready(ctx context.Context) error {
	if s.Ready == nil {
		return nil
	}
	last := &s.quickly
	last.mu.Lock()
	defer last.mu.Unlock()
	if last.known && last.clock().Sub(last.at) < readyFor {
		return last.err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTimeout) // others wait for it
	defer cancel()
	err := s.Ready(ctx)
	if err != nil && (!last.known || last.err == nil) {
		s.Log.LogAttrs(ctx, slog.LevelError, "not ready", slog.String("error", s.Redactor.Redact(err.Error())))
	} else if err == nil && last.err != nil {
		s.Log.LogAttrs(ctx, slog.LevelInfo, "ready again")
	}
	last.at, last.known, last.err = last.clock(), true, err
	return err
}

// metrics are in the text format of Prometheus. They need no token and tell no secret, but how much business there is: the
// proxy in front of the service has to keep /metrics inside, as docs/serve.md shows.
func (s *service) metrics(w http.ResponseWriter, _ *http.Request) {
	var body bytes.Buffer
	s.counts.write(&body)
	if s.Metrics != nil {
		s.Metrics(&body)
	}
	write(w, http.StatusOK, "text/plain; version=0.0.4; charset=utf-8", body.Bytes())
}
