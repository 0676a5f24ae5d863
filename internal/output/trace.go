package output

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/segctl/segctl/internal/secret"
)

// Trace is an http.RoundTripper that writes what goes over it, without secrets: headers from a list of harmless ones,
// JSON and form bodies with secret fields redacted, other bodies by their size. The Redactor learns the credentials of
// each request and the secrets of each body that is shown, so that they are hidden in all that follows.
type Trace struct {
	Next     http.RoundTripper // nil: http.DefaultTransport
	Out      io.Writer
	Redactor *secret.Redactor // of the process; nil: only the fields of secrets are hidden, and not what a server repeats of them
	Now      func() time.Time // nil: time.Now

	mu sync.Mutex // for Out
}

// RoundTrip sends the request on. The answer's status and headers are written at once, its body when its reader reached
// the end or closed it.
func (t *Trace) RoundTrip(req *http.Request) (*http.Response, error) {
	next, now := t.Next, t.Now
	if next == nil {
		next = http.DefaultTransport
	}
	if now == nil {
		now = time.Now
	}
	t.learn(req)
	req, body := t.requestBody(req)
	t.write("> ", append([]string{req.Method + " " + secret.URL(req.URL.String())}, t.headers(req.Header)...), body)
	start := now()
	resp, err := next.RoundTrip(req)
	took := now().Sub(start).Round(time.Millisecond)
	if err != nil {
		t.write("< ", []string{fmt.Sprintf("no answer after %v: %v", took, err)}, "")
		return nil, err
	}
	status := fmt.Sprintf("%d %s (%v)", resp.StatusCode, http.StatusText(resp.StatusCode), took)
	t.write("< ", append([]string{status}, t.headers(resp.Header)...), "")
	resp.Body = &tracedBody{ReadCloser: resp.Body, done: func(body []byte, size int64) {
		t.write("< ", nil, t.body(resp.Header.Get("Content-Type"), body, size))
	}}
	return resp, nil
}

// learn learns the credentials of a request: a server may send them back where nobody expects it.
func (t *Trace) learn(req *http.Request) {
	for _, name := range []string{"Authorization", "Proxy-Authorization"} {
		for _, value := range req.Header.Values(name) {
			_, credentials, _ := strings.Cut(value, " ")
			t.Redactor.Learn(strings.TrimSpace(credentials))
		}
	}
	if user, password, ok := req.BasicAuth(); ok {
		t.Redactor.LearnBasic(user, password)
		// The halves may be form-encoded (RFC 6749 §2.3.1).
		plainUser, errUser := url.QueryUnescape(user)
		plainPassword, errPassword := url.QueryUnescape(password)
		if errUser == nil && errPassword == nil {
			t.Redactor.LearnBasic(plainUser, plainPassword)
		}
	}
	if password, ok := req.URL.User.Password(); ok {
		t.Redactor.LearnBasic(req.URL.User.Username(), password)
	}
	t.query(req.URL.RawQuery)
}

// write writes the lines of one message in one go, for requests can be made side by side.
func (t *Trace) write(prefix string, lines []string, body string) {
	if body != "" {
		lines = append(lines, body)
	}
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(prefix + secret.Clean(t.Redactor.Redact(line)) + "\n")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	_, _ = io.WriteString(t.Out, b.String()) // a trace that cannot be written must not fail the request
}

// headers returns the harmless headers, sorted. Authorization and cookies are the obvious others.
func (t *Trace) headers(h http.Header) []string {
	var lines []string
	for _, name := range []string{
		"Accept", "Content-Length", "Content-Type", "Date", "Location", "Retry-After", "Server", "User-Agent",
		"X-Ratelimit-Limit", "X-Ratelimit-Remaining", "X-Request-Id",
	} {
		for _, value := range h.Values(name) {
			if name == "Location" {
				if _, query, ok := strings.Cut(value, "?"); ok {
					t.query(query)
				}
				value = secret.URL(value)
			}
			lines = append(lines, name+": "+value)
		}
	}
	return lines
}
