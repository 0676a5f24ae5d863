package segment

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/segctl/segctl/internal/wire"
)

const (
	maxRetries = 4
	minBackoff = 500 * time.Millisecond
	maxBackoff = 30 * time.Second
	// maxAsked is the longest wait that a server may ask for; beyond it, whoever asked decides whether to wait.
	maxAsked = time.Minute
)

// exchange is one request with all attempts at it. It is the transport of a retrying client of its own, so that the
// decisions about the next attempt see the answer to the last one, and nothing of other requests.
type exchange struct {
	request *Request
	sender  sender

	answer *Response // to the last attempt; nil where there is none
	lost   bool      // an earlier attempt may have been carried out, without an answer that says so
}

// once sends the request exactly once.
func (e *exchange) once(req *http.Request) (err error) {
	e.answer, err = e.sender.send(req)
	return err
}

// run sends the request, and again where that is safe.
func (e *exchange) run(req *http.Request) error {
	retryable, err := retryablehttp.FromRequest(req)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	client := &retryablehttp.Client{
		HTTPClient:   wire.WithoutRedirects(e),
		RetryWaitMin: minBackoff,
		RetryWaitMax: maxBackoff,
		RetryMax:     maxRetries,
		CheckRetry:   e.check,
		Backoff:      e.backoff,
		// The last answer says more than "giving up".
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	resp, err := client.Do(retryable)
	if err == nil {
		_ = resp.Body.Close() // it has none
	}
	return err
}

// RoundTrip makes one attempt and keeps the answer. What it returns stands for the answer, and has its status alone.
func (e *exchange) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := e.once(req); err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: e.answer.StatusCode, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: http.NoBody, Request: req,
	}, nil
}

// check decides whether the request is sent again.
func (e *exchange) check(ctx context.Context, _ *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if e.answer != nil {
		if retryAfter(e.answer.Header) > maxAsked {
			return false, nil
		}
		if e.answer.StatusCode == http.StatusTooManyRequests {
			return true, nil // the server did nothing, whatever the method is
		}
	}
	again := e.isOpen(err) && (e.request.isRepeatable() || e.request.Repeatable && e.answer != nil)
	e.lost = e.lost || again
	return again, nil
}

// isOpen reports whether the last attempt leaves it open what the server did, so that another may tell.
func (e *exchange) isOpen(err error) bool {
	if e.answer == nil {
		return !isHopeless(err)
	}
	switch e.answer.StatusCode {
	case http.StatusServiceUnavailable:
		return !isNoRoute(e.answer.Body)
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// backoff waits as long as the server asks, else exponentially with jitter.
func (e *exchange) backoff(least, most time.Duration, attempt int, _ *http.Response) time.Duration {
	wait := min(most, least<<attempt)
	wait = wait/2 + rand.N(wait/2+1)
	reason := "no answer"
	if e.answer != nil {
		reason = fmt.Sprintf("%d %s", e.answer.StatusCode, http.StatusText(e.answer.StatusCode))
		if asked := retryAfter(e.answer.Header); asked > 0 {
			wait = min(asked+rand.N(time.Second), maxAsked)
		}
	}
	e.sender.note(fmt.Sprintf("Segment: %s; trying again in %s.", reason, wait.Round(100*time.Millisecond)))
	return wait
}

// isHopeless reports failures that the next attempt would meet again: a certificate that is refused, a host that does
// not exist, an answer that is none of Segment's.
func isHopeless(err error) bool {
	var (
		answer    *AnswerError
		name      *net.DNSError
		verify    *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
	)
	return errors.As(err, &answer) || errors.As(err, &name) && name.IsNotFound ||
		errors.As(err, &verify) || errors.As(err, &authority) || errors.As(err, &host)
}
