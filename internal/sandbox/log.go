package sandbox

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	// logSize is how many requests the log remembers.
	logSize = 1000
	// logBody is how much of a body it keeps.
	logBody = 2 << 10
	// maxLogged is the longest body that is looked at, in bytes: masking has to read all of it.
	maxLogged = 64 << 10
	// maxUnmasked bounds the bodies that wait to be masked, in bytes.
	maxUnmasked = 8 << 20
)

// Request is one line of the request log.
type Request struct {
	Time         time.Time `json:"time"`
	Method       string    `json:"method"`
	Path         string    `json:"path"`              // without the query, which carries codes
	Status       int       `json:"status"`            // 0: the connection was cut
	Install      string    `json:"install,omitempty"` // whose token it was; empty for personal tokens and none
	Fault        string    `json:"fault,omitempty"`   // the kind of the fault that hit it
	RequestBody  string    `json:"request_body,omitempty"`
	ResponseBody string    `json:"response_body,omitempty"` // both with secrets masked, and cut when long
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
	return rawBody{contentType, bytes.Clone(body)}
}

// logEntry is one request with its bodies, until they are masked.
type logEntry struct {
	Request
	request, response rawBody
}

// mask puts the bodies into the Request without their secrets, and returns how many bytes that frees.
func (e *logEntry) mask() int {
	freed := len(e.request.bytes) + len(e.response.bytes)
	if freed > 0 {
		e.RequestBody = bodyForLog(e.request.contentType, e.request.bytes)
		e.ResponseBody = bodyForLog(e.response.contentType, e.response.bytes)
		e.request, e.response = rawBody{}, rawBody{}
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
		l.unmasked -= len(forgotten.request.bytes) + len(forgotten.response.bytes)
		*forgotten = e
	}
	l.next++
	l.unmasked += len(e.request.bytes) + len(e.response.bytes)
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

// Requests returns the last requests that the sandbox answered, oldest first, without those to its own admin API.
func (s *Server) Requests() []Request {
	requests, _, _ := s.log.since(0)
	return requests
}

// bodyForLog masks the secrets of a JSON or form body. What is neither is not kept: nobody can say what is in it.
func bodyForLog(contentType string, body []byte) string {
	if len(body) == 0 {
		return ""
	}
	if len(body) > maxLogged {
		return "(too long to show)"
	}
	var text string
	var value any
	switch {
	case json.Unmarshal(body, &value) == nil || json.Unmarshal(doubleQuoted(body), &value) == nil:
		b, _ := json.Marshal(maskSecrets(value, 0)) // it came from JSON
		text = string(b)
	case strings.IndexAny(string(bytes.TrimSpace(body)), "{[") == 0:
		return "(malformed)" // curl calls everything a form: the whole of it would be the name of a field
	case strings.HasPrefix(contentType, "application/x-www-form-urlencoded"):
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return "(malformed)"
		}
		for field, values := range form {
			for i, value := range values {
				if isSecret(field) && value != "" {
					values[i] = masked
				} else {
					values[i] = maskText(value, 0)
				}
			}
		}
		text = form.Encode()
	case strings.HasPrefix(contentType, "text/plain"):
		text = maskText(string(body), 0)
	default:
		return "(not shown)"
	}
	if len(text) > logBody {
		text = strings.ToValidUTF8(text[:logBody], "") + "…"
	}
	return text
}
