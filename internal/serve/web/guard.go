package web

import (
	"context"
	"crypto/rand"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/segctl/segctl/internal/serve/flow"
)

// requestKey is the key of a request's id in its context.
type requestKey struct{}

// requestID returns the id by which the log names the request of a context.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// ServeHTTP answers a request, whatever it is, and logs it.
func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begun := time.Now()
	id := s.newRequestID(r)
	client := s.client(r)
	answer := &answer{ResponseWriter: w}
	answer.Header().Set("X-Request-Id", id)
	s.secure(answer.Header())
	if r.Body != nil {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	}
	ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), requestKey{}, id), requestTimeout)
	defer cancel()
	r = r.WithContext(ctx)
	pattern, refuse := s.find(r)
	defer func() {
		line := accessLine{id: id, method: r.Method, route: pattern, client: client, begun: begun, answer: answer}
		if p := recover(); p != nil {
			s.recovered(answer, r, line, p) // may panic again, which net/http ends the connection for
			return
		}
		s.logAccess(r.Context(), line)
	}()
	byToken := isAPI(r.URL.Path) && refuse == nil // counted once it is known by whom it is
	switch {
	case !s.answersTo(r):
		s.refuse(answer, r, refusal{status: http.StatusMisdirectedRequest, message: "this service is not at that host"})
	case !byToken && !isInside(r.URL.Path) && s.limited(answer, r, client):
	case refuse != nil:
		s.refuse(answer, r, *refuse)
	default:
		s.mux.ServeHTTP(answer, r)
	}
}

// find returns the pattern of a request's route, or how the request is to be refused. A path is taken as it is: one that
// net/http would redirect to a cleaner one leads nowhere, for that answer would repeat it.
func (s *service) find(r *http.Request) (pattern string, refused *refusal) {
	nowhere := &refusal{status: http.StatusNotFound, message: "there is nothing at this path"}
	if !strings.HasPrefix(r.URL.Path, "/") || path.Clean(r.URL.Path) != r.URL.Path {
		return "", nowhere
	}
	h, pattern := s.mux.Handler(r)
	if pattern == "GET "+flow.CallbackPath && r.Method == http.MethodHead {
		// What asks for the head of a page may be anything but the browser that is to bring the code.
		return "", &refusal{status: http.StatusMethodNotAllowed, allow: http.MethodGet, message: "the method is not one of this path"}
	}
	if pattern != "" {
		return pattern, nil
	}
	verdict := &answer{ResponseWriter: discard{http.Header{}}}
	h.ServeHTTP(verdict, r)
	if verdict.status != http.StatusMethodNotAllowed {
		return "", nowhere
	}
	return "", &refusal{
		status: http.StatusMethodNotAllowed, allow: verdict.Header().Get("Allow"),
		message: "the method is not one of this path",
	}
}

// refusal says why a request is not answered, in words that repeat nothing of it.
type refusal struct {
	status  int
	message string
	field   string        // the part of an API request that is wrong, or ""
	allow   string        // the methods that there are, or ""
	wait    time.Duration // until it may be tried again, or 0
}

// Error is the message.
func (e *refusal) Error() string { return e.message }

// refuse answers in the way of the path that was asked for.
func (s *service) refuse(w http.ResponseWriter, r *http.Request, e refusal) {
	h := w.Header()
	if e.allow != "" {
		h.Set("Allow", e.allow)
	}
	if e.wait > 0 {
		h.Set("Retry-After", seconds(e.wait))
	}
	switch {
	case isAPI(r.URL.Path):
		writeJSON(w, e.status, newErrorBody(e))
	case isInside(r.URL.Path):
		writeText(w, e.status, e.message)
	default:
		s.writePage(w, refusedPage(e, requestID(r.Context())))
	}
}

// newRequestID returns the id that a proxy of ours gave the request, or a new one.
func (s *service) newRequestID(r *http.Request) string {
	id := r.Header.Get("X-Request-Id")
	if s.TrustProxy && id != "" && len(id) <= 64 && !strings.ContainsFunc(id, notInRequestID) {
		return id
	}
	return rand.Text()
}

func notInRequestID(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '_':
		return false
	}
	return true
}

// discard is a response that goes nowhere but for its header.
type discard struct{ header http.Header }

func (d discard) Header() http.Header       { return d.header }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}
