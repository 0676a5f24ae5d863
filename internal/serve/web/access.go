package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"time"
)

// answer is a response that knows what was sent.
type answer struct {
	http.ResponseWriter
	status int // 0: nothing yet
	bytes  int64
}

// WriteHeader is http.ResponseWriter's.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= http.StatusOK {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write is http.ResponseWriter's.
func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// accessLine is what the log says of a request. Neither its path nor its query: the id of a link is in the one, a code in
// the other, and who mistypes a path may put either into it.
type accessLine struct {
	id, method, route, client string
	begun                     time.Time
	answer                    *answer
}

// logAccess logs a request, and counts it.
func (s *service) logAccess(ctx context.Context, l accessLine) {
	took := time.Since(l.begun)
	s.counts.answered(routeName(l.route), methodName(l.method), l.answer.status, took)
	level := slog.LevelInfo
	if isInsideRoute(l.route) && l.answer.status < http.StatusInternalServerError {
		level = slog.LevelDebug // probes ask every few seconds
	}
	s.Log.LogAttrs(ctx, level, "request",
		slog.String("request_id", l.id), slog.String("method", methodName(l.method)), slog.String("route", routeName(l.route)),
		slog.Int("status", l.answer.status), slog.Int64("bytes", l.answer.bytes),
		slog.Duration("duration", took), slog.String("client", l.client))
}

func isInsideRoute(pattern string) bool {
	_, path, _ := strings.Cut(pattern, " ")
	return isInside(path)
}

// routeName is a pattern without its method.
func routeName(pattern string) string {
	if _, path, ok := strings.Cut(pattern, " "); ok {
		return path
	}
	return "none"
}

// methodName is a method that there is: any word may be sent for one.
func methodName(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions, http.MethodConnect, http.MethodTrace:
		return method
	}
	return "other"
}

// recovered answers a request whose handler panicked, and logs where. What it panicked with may hold anything, so only its
// type is logged, and the words of the runtime's own errors, which quote no values of ours.
func (s *service) recovered(w *answer, r *http.Request, l accessLine, p any) {
	if p == http.ErrAbortHandler { //nolint:errorlint // net/http panics with this very value
		panic(p)
	}
	what := fmt.Sprintf("%T", p)
	if err, ok := p.(runtime.Error); ok {
		what = err.Error()
	}
	s.Log.LogAttrs(r.Context(), slog.LevelError, "panic", slog.String("request_id", l.id),
		slog.String("route", routeName(l.route)), slog.String("panic", s.Redactor.Redact(what)), slog.Any("stack", stack()))
	sent := w.status != 0
	if !sent {
		s.refuse(w, r, internalError())
	}
	s.logAccess(r.Context(), l)
	if sent {
		panic(http.ErrAbortHandler) // half an answer must not look like a whole one
	}
}

// stack returns where a panic came from, without the arguments that debug.Stack prints.
func stack() []string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	var all []string
	for {
		f, more := frames.Next()
		all = append(all, fmt.Sprintf("%s:%d", f.Function, f.Line))
		if !more {
			return all
		}
	}
}

// failed answers a request that could not be met for a reason of ours, which the log has.
func (s *service) failed(w http.ResponseWriter, r *http.Request, err error) {
	e := refusalOf(err)
	if gone := errors.Is(r.Context().Err(), context.Canceled); e.status >= http.StatusInternalServerError && !gone {
		s.Log.LogAttrs(r.Context(), slog.LevelError, "request failed", slog.String("request_id", requestID(r.Context())),
			slog.String("route", routeName(r.Pattern)), slog.String("error", s.Redactor.Redact(err.Error())))
	}
	s.refuse(w, r, e)
}
