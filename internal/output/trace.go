package output

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// maxTracedBody is the size up to which a body is shown, in bytes. A part of one could not be redacted.
const maxTracedBody = 64 << 10

// Trace is an http.RoundTripper that writes what goes over it, without secrets: headers from a list of harmless ones,
// JSON and form bodies with secret fields redacted, other bodies by their size. What it redacted once by a field's name
// is redacted everywhere afterwards.
type Trace struct {
	Next    http.RoundTripper // nil: http.DefaultTransport
	Out     io.Writer
	Secrets func() []string  // secrets known by now, redacted wherever they appear; nil: none
	Now     func() time.Time // nil: time.Now

	mu   sync.Mutex
	seen map[string]bool
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
	t.rememberCredentials(req)
	req, body := t.requestBody(req)
	t.write("> ", append([]string{req.Method + " " + t.redactURL(req.URL)}, t.headers(req.Header)...), body)
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

// write writes the lines of one message in one go, for requests can be made side by side.
func (t *Trace) write(prefix string, lines []string, body string) {
	if body != "" {
		lines = append(lines, body)
	}
	known := t.known()
	var b strings.Builder
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, line := range lines {
		b.WriteString(prefix + Clean(known.Replace(line)) + "\n")
	}
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
				value = t.redactURLText(value)
			}
			lines = append(lines, name+": "+value)
		}
	}
	return lines
}

// requestBody returns the text of a request's body, and the request to send in place of req, whose body may be read only
// once. A body that is too large, or of unknown size, is shown by its size.
func (t *Trace) requestBody(req *http.Request) (*http.Request, string) {
	if req.Body == nil || req.Body == http.NoBody {
		return req, ""
	}
	contentType := req.Header.Get("Content-Type")
	if req.ContentLength <= 0 || req.ContentLength > maxTracedBody {
		return req, sizeOnly(contentType, req.ContentLength)
	}
	data, err := io.ReadAll(req.Body)
	rest := io.Reader(bytes.NewReader(data))
	if err != nil {
		rest = io.MultiReader(rest, failedReader{err})
	}
	original := req.Body
	req = req.Clone(req.Context())
	req.Body = struct {
		io.Reader
		io.Closer
	}{rest, original}
	return req, t.body(contentType, data, int64(len(data)))
}

// failedReader passes on that a body could not be read.
type failedReader struct{ err error }

func (r failedReader) Read([]byte) (int, error) { return 0, r.err }

func sizeOnly(contentType string, size int64) string {
	if contentType == "" {
		contentType = "unknown type"
	}
	if size < 0 {
		return fmt.Sprintf("(body of %s)", contentType)
	}
	return fmt.Sprintf("(%d bytes of %s)", size, contentType)
}

// tracedBody keeps what its reader reads, up to a limit, and reports it once.
type tracedBody struct {
	io.ReadCloser
	done func(body []byte, size int64)

	once sync.Once
	kept bytes.Buffer
	size int64
}

func (b *tracedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.size += int64(n)
	if room := maxTracedBody + 1 - b.kept.Len(); room > 0 {
		b.kept.Write(p[:min(n, room)])
	}
	if err != nil {
		b.report()
	}
	return n, err
}

func (b *tracedBody) Close() error {
	err := b.ReadCloser.Close()
	b.report()
	return err
}

func (b *tracedBody) report() {
	b.once.Do(func() { b.done(b.kept.Bytes(), b.size) })
}

// known returns what replaces the secrets known by value, longest first, in the forms that they travel in.
func (t *Trace) known() *strings.Replacer {
	var secrets []string
	if t.Secrets != nil {
		secrets = append(secrets, t.Secrets()...)
	}
	t.mu.Lock()
	for secret := range t.seen {
		secrets = append(secrets, secret)
	}
	t.mu.Unlock()
	var forms []string
	for _, secret := range secrets {
		if len(secret) >= minimumKnown {
			forms = append(forms, encodings(secret)...)
		}
	}
	// A Replacer prefers the earlier of two that match at a place, and one secret may begin another.
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(forms))
	for _, form := range forms {
		pairs = append(pairs, form, redacted)
	}
	return strings.NewReplacer(pairs...)
}
