package output

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync"

	"github.com/segctl/segctl/internal/secret"
)

// maxTracedBody is the size up to which a body is shown, in bytes. A part of one could not be redacted.
const maxTracedBody = 64 << 10

// body returns the text of a body for the trace, and learns the secrets in it.
func (t *Trace) body(contentType string, body []byte, size int64) string {
	if size == 0 {
		return ""
	}
	media, _, _ := mime.ParseMediaType(contentType)
	switch {
	case size > maxTracedBody:
	case media == "application/x-www-form-urlencoded":
		return t.query(string(body))
	case media == "application/json" || strings.HasSuffix(media, "+json"):
		if masked, found, ok := secret.Document(body, nil); ok {
			t.Redactor.Learn(found...)
			return string(masked)
		}
	}
	return sizeOnly(media, size)
}

// query returns a form or a query without secrets, and learns them.
func (t *Trace) query(raw string) string {
	masked, found := secret.Query(raw)
	t.Redactor.Learn(found...)
	return masked
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
