package sandbox

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	// logSize is how many requests the log remembers.
	logSize = 1000
	// logBody is how much of a body it keeps.
	logBody = 2 << 10
	// maxHost is how much of a host and of a method it keeps.
	maxHost = 300
	// maxLogged is the longest body that is looked at, in bytes: masking has to read all of it.
	maxLogged = 64 << 10
	// maxUnmasked bounds the queries and bodies that wait to be masked, in bytes.
	maxUnmasked = 8 << 20
)

// Request is one line of the request log.
type Request struct {
	Time         time.Time `json:"time"`
	Method       string    `json:"method"`
	Host         string    `json:"host"`              // that it was addressed to
	Path         string    `json:"path"`              // without the query; empty for CONNECT
	Query        string    `json:"query,omitempty"`   // with secrets masked: codes, states, challenges, tokens
	Status       int       `json:"status"`            // 0: the connection was cut
	Refused      string    `json:"refused,omitempty"` // why, if it was for a host that the sandbox is not
	Install      string    `json:"install,omitempty"` // whose token it was; empty for personal tokens and none
	Fault        string    `json:"fault,omitempty"`   // the kind of the fault that hit it
	RequestBody  string    `json:"request_body,omitempty"`
	ResponseBody string    `json:"response_body,omitempty"` // both with secrets masked, and cut when long

	RequestHeaders  map[string]string `json:"request_headers,omitempty"`  // those of requestHeaders, with secrets masked
	ResponseHeaders map[string]string `json:"response_headers,omitempty"` // those of responseHeaders
}

// String is the request as one line for a person, without its bodies.
func (r Request) String() string {
	line := fmt.Sprintf("%s %03d %s %s%s", r.Time.Format("15:04:05.000"), r.Status, r.Method, r.Host, r.Path)
	if r.Query != "" {
		line += "?" + r.Query
	}
	for _, more := range []string{r.Install, r.Fault, r.Refused} {
		if more != "" {
			line += "  " + more
		}
	}
	return line
}

// newLine begins the line of a request. Its texts are copies: a part of a request line keeps all of it in memory.
func newLine(now time.Time, r *http.Request) Request {
	return Request{Time: now, Method: cut(r.Method, maxHost), Host: cut(r.Host, maxHost), Path: cut(r.URL.Path, logBody)}
}

// cut returns a copy of a text, of n bytes at most.
func cut(text string, n int) string {
	if len(text) > n {
		return strings.ToValidUTF8(text[:n], "") + "…"
	}
	return strings.Clone(text)
}

// rawBody is a body as it came, which is masked when somebody looks at the log: nobody looks at most of them.
type rawBody struct {
	contentType string
	bytes       []byte
}

// newRawBody keeps a body for the log, as far as that will show it.
func newRawBody(contentType string, body []byte) rawBody {
	if len(body) > maxLogged {
		body = body[:maxLogged+1]
	}
	return rawBody{cut(contentType, maxHost), bytes.Clone(body)}
}

// logEntry is one request with its query, its headers and its bodies, until they are masked.
type logEntry struct {
	Request
	query             string
	sent, answered    string // headers, as newHeaders copies them
	request, response rawBody
}

// size is how many bytes wait to be masked.
func (e *logEntry) size() int {
	return len(e.query) + len(e.sent) + len(e.answered) + len(e.request.bytes) + len(e.response.bytes)
}

// mask puts query, headers and bodies into the Request without their secrets, and returns how many bytes that frees.
func (e *logEntry) mask() int {
	freed := e.size()
	if freed > 0 {
		e.Query = queryForLog(e.query)
		e.RequestBody = bodyForLog(e.request.contentType, e.request.bytes)
		e.ResponseBody = bodyForLog(e.response.contentType, e.response.bytes)
		e.RequestHeaders, e.ResponseHeaders = headersForLog(e.sent), headersForLog(e.answered)
		e.query, e.sent, e.answered, e.request, e.response = "", "", "", rawBody{}, rawBody{}
	}
	return freed
}

// requestLog is a ring of the last requests, each with its place in the sequence of all.
type requestLog struct {
	mu       sync.Mutex
	ring     []logEntry
	next     int           // how many there ever were
	unmasked int           // bytes of bodies that are not masked yet
	oldest   int           // the first request whose bodies may not be masked yet
	added    chan struct{} // closed at the next request
	tally    tally
}

func newRequestLog() *requestLog { return &requestLog{added: make(chan struct{})} }

func (l *requestLog) add(e logEntry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.ring) < logSize {
		l.ring = append(l.ring, e)
	} else {
		forgotten := &l.ring[l.next%logSize]
		l.unmasked -= forgotten.size()
		*forgotten = e
	}
	l.next++
	l.unmasked += e.size()
	for l.oldest = max(l.oldest, l.next-len(l.ring)); l.unmasked > maxUnmasked && l.oldest < l.next; l.oldest++ {
		l.unmasked -= l.ring[l.oldest%logSize].mask()
	}
	l.tally.add(tallied{e.Method, e.Path, e.Status})
	close(l.added)
	l.added = make(chan struct{})
}

// since returns what came after the first n requests, as far as it is remembered, how many there were by then, and a
// channel that is closed when there are more.
func (l *requestLog) since(n int) ([]Request, int, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	requests := []Request{}
	for i := max(n, l.next-len(l.ring)); i < l.next; i++ {
		e := &l.ring[i%logSize]
		l.unmasked -= e.mask()
		requests = append(requests, e.Request)
	}
	return requests, l.next, l.added
}

// Watch calls each with the requests that are remembered, and with every one that is still to come until ctx ends.
func (s *Server) Watch(ctx context.Context, each func(Request)) {
	for n, done := 0, false; ; {
		requests, next, more := s.log.since(n)
		for _, r := range requests {
			each(r)
		}
		if n = next; done {
			return
		}
		select {
		case <-more:
		case <-ctx.Done():
			done = true // what came meanwhile is not missed
		}
	}
}

// Requests returns the last requests that the sandbox answered, oldest first, without those to its own admin API.
func (s *Server) Requests() []Request {
	requests, _, _ := s.log.since(0)
	return requests
}
