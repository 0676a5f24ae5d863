package segment

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"golang.org/x/time/rate"
)

const (
	defaultTimeout = 30 * time.Second
	maxBody        = 10 << 20

	// Segment allows 200 requests a minute per token. In no minute are there more than burst+perMinute.
	burst     = 100
	perMinute = 95
	// shortWait is a wait that nobody needs to be told about.
	shortWait = time.Second
)

// attempt sends one request once: it waits for the rate limit, bounds the time, and reads the answer to its end, so that
// a body that is cut counts as no answer.
type attempt struct {
	next    http.RoundTripper
	limiter *rate.Limiter
	timeout time.Duration
	note    func(text string)
}

func (a *attempt) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := a.wait(req.Context()); err != nil {
		return nil, err
	}
	timeout := fmt.Errorf("nothing within %s: %w", a.timeout, context.DeadlineExceeded)
	ctx, cancel := context.WithTimeoutCause(req.Context(), a.timeout, timeout)
	defer cancel()
	resp, err := a.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, cause(ctx, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read answer: %w", cause(ctx, err))
	case len(body) > maxBody:
		return nil, &AnswerError{req.Method, req.URL.Path, fmt.Sprintf("it is larger than %d MiB", maxBody>>20)}
	}
	resp.Body = &readBody{Reader: bytes.NewReader(body), bytes: body}
	return resp, nil
}

// cause prefers why a context ended to the error that this led to.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

func (a *attempt) wait(ctx context.Context) error {
	reservation := a.limiter.Reserve()
	delay := reservation.Delay()
	if delay == 0 {
		return nil
	}
	if delay > shortWait {
		a.note(fmt.Sprintf("Waiting %s to stay below Segment's 200 requests a minute.", delay.Round(100*time.Millisecond)))
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		reservation.Cancel()
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// readBody is a body that was read already.
type readBody struct {
	*bytes.Reader
	bytes []byte
}

func (*readBody) Close() error { return nil }

// peek returns the body of an answer that an attempt has read.
func peek(resp *http.Response) []byte {
	if body, ok := resp.Body.(*readBody); ok {
		return body.bytes
	}
	return nil
}

// fresh returns a transport that opens a new connection for a request and closes it after. On a connection that was kept
// alive, net/http repeats a GET by itself when the server hangs up; a refresh must not be repeated. HTTP/2 is off
// because it repeats streams by itself as well.
func fresh(transport http.RoundTripper) http.RoundTripper {
	t, ok := transport.(*http.Transport)
	if !ok {
		return transport
	}
	t = t.Clone()
	t.DisableKeepAlives = true
	t.ForceAttemptHTTP2 = false
	t.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	return t
}

func isCertificateError(err error) bool {
	var (
		verify    *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
	)
	return errors.As(err, &verify) || errors.As(err, &authority) || errors.As(err, &host)
}
