package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
)

// Reports are told what is wrong, by several goroutines perhaps.
type Reports struct {
	Request func(error) // with a request
	Answer  func(error) // with an answer
}

// Check puts a judge in front of a sandbox, or of another server that is described. What it finds wrong is reported before the client has all of the answer, so
// that a test which awaits the answer hears of it. Answers are judged whoever asked, and of requests those of segctl
// alone, as User-Agent says: others try on purpose what is wrong. An answer that a fault of the sandbox hit, as its
// request log says, may be anything.
func (s *Spec) Check(sandbox http.Handler, report Reports) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ours := s.split(r.URL); !ours {
			sandbox.ServeHTTP(w, r)
			return
		}
		x := &Exchange{Request: r, Header: w.Header()}
		seen := *r
		var sent bytes.Buffer
		if r.Body != nil && r.Body != http.NoBody {
			seen.Body = struct {
				io.Reader
				io.Closer
			}{io.TeeReader(r.Body, &sent), r.Body}
		}
		judged := &judgedWriter{ResponseWriter: w, exchange: x}
		judged.judge = func() {
			x.RequestBody = sent.Bytes()
			if strings.HasPrefix(r.UserAgent(), "segctl/") {
				if err := s.Request(x); err != nil {
					report.Request(fmt.Errorf("request %s %s: %w: %s", r.Method, r.URL, err, x.RequestBody))
				}
			}
			if err := s.Answer(x); err != nil && !spoiled(sandbox, x) {
				report.Answer(fmt.Errorf("answer to %s %s: %w: %d %s", r.Method, r.URL, err, x.Status, x.Body))
			}
		}
		sandbox.ServeHTTP(judged, &seen)
		judged.finish()
	})
}

// spoiled reports whether the request log has a request of that kind which was hit by a fault.
func spoiled(sandbox http.Handler, x *Exchange) bool {
	w := httptest.NewRecorder()
	sandbox.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost/_sandbox/requests", nil))
	var log struct {
		Requests []struct {
			Method, Path, Fault string
			Status              int
		} `json:"requests"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &log); err != nil {
		return false
	}
	for _, line := range slices.Backward(log.Requests) {
		if line.Fault != "" && line.Method == x.Request.Method && line.Path == x.Request.URL.Path && line.Status == x.Status {
			return true
		}
	}
	return false
}

// judgedWriter notes an answer, and has it judged when its last byte is there, before that is sent.
type judgedWriter struct {
	http.ResponseWriter
	exchange *Exchange
	judge    func() // nil when it was done
}

func (w *judgedWriter) finish() {
	if judge := w.judge; judge != nil {
		w.judge = nil
		judge()
	}
}

// WriteHeader is http.ResponseWriter's.
func (w *judgedWriter) WriteHeader(status int) {
	w.exchange.Status = status
	if w.complete() {
		w.finish()
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write is http.ResponseWriter's.
func (w *judgedWriter) Write(b []byte) (int, error) {
	w.exchange.Body = append(w.exchange.Body, b...)
	if w.complete() {
		w.finish()
	}
	return w.ResponseWriter.Write(b)
}

// complete reports whether nothing of the answer is still to come.
func (w *judgedWriter) complete() bool {
	length, err := strconv.Atoi(w.Header().Get("Content-Length"))
	return err == nil && len(w.exchange.Body) >= length || w.exchange.Request.Method == http.MethodHead
}

// Unwrap is for http.ResponseController.
func (w *judgedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
