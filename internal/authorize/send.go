package authorize

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/segctl/segctl/internal/wire"
)

// maxAnswer bounds an answer of the server, in bytes. A real one of the token endpoint has 400.
const maxAnswer = 1 << 20

// oneAnswer sends requests exactly once, and keeps the last answer whole.
type oneAnswer struct {
	next      http.RoundTripper
	userAgent string

	status int // 0: there was no whole answer
	header http.Header
	body   []byte // cut after maxAnswer bytes and one more
}

// newSender returns what one request goes over.
func (a *App) newSender() *oneAnswer {
	transport := a.Transport
	if transport == nil {
		transport = wire.NewTransport(nil, nil)
	}
	return &oneAnswer{next: transport.Once(), userAgent: a.UserAgent}
}

// client returns a client that follows no redirect: it could carry the secret or the code elsewhere.
func (o *oneAnswer) client() *http.Client { return wire.WithoutRedirects(o) }

func (o *oneAnswer) RoundTrip(req *http.Request) (*http.Response, error) {
	if o.userAgent != "" {
		req = req.Clone(req.Context())
		req.Header.Set("User-Agent", o.userAgent)
	}
	resp, err := o.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	o.status, o.header, o.body = resp.StatusCode, resp.Header, body
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// get sends a GET request.
func (o *oneAnswer) get(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json, text/html;q=0.5")
	resp, err := o.client().Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}
