package segment

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"golang.org/x/time/rate"
)

const (
	maxRetries = 4
	minBackoff = 500 * time.Millisecond
	maxBackoff = 30 * time.Second
	// maxAsked is the longest wait that a server may ask for; beyond it, whoever asked decides whether to wait.
	maxAsked = time.Minute
)

// policy says whether a request may be repeated, and keeps what became of it so far.
type policy struct {
	// repeatable: also after an answer that says nothing, or none; else after 429 alone, where the server did nothing.
	repeatable bool
	// lost: an earlier attempt may have been carried out, without an answer that says so.
	lost bool
}

type policyKey struct{}

// withPolicy carries a request's policy to the retrying client, whose hooks see only the context.
func withPolicy(ctx context.Context, r *Request, p *policy) context.Context {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete:
		p.repeatable = true
	default:
		p.repeatable = r.Repeatable
	}
	return context.WithValue(ctx, policyKey{}, p)
}

// prepare makes the parts that outlive a request.
func (c *Client) prepare() {
	transport := c.Transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	timeout := c.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	note := c.Note
	if note == nil {
		note = func(string) {}
	}
	wrap := c.Wrap
	if wrap == nil {
		wrap = func(transport http.RoundTripper) http.RoundTripper { return transport }
	}
	c.attempt = &attempt{
		next:    wrap(transport),
		limiter: rate.NewLimiter(rate.Limit(perMinute)/60, burst),
		timeout: timeout,
		note:    note,
	}
	single := *c.attempt
	single.next = wrap(fresh(transport))
	c.single = &single
	c.retrying = &retryablehttp.Client{
		HTTPClient:   withoutRedirects(c.attempt),
		RetryWaitMin: minBackoff,
		RetryWaitMax: maxBackoff,
		RetryMax:     maxRetries,
		CheckRetry:   checkRetry,
		Backoff:      c.backoff,
		// The last answer says more than "giving up".
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
}

// withoutRedirects returns a client that hands out a redirect as it is: followed, it could carry a token elsewhere.
func withoutRedirects(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// checkRetry decides whether a request is sent again.
func checkRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	p, ok := ctx.Value(policyKey{}).(*policy)
	if !ok {
		return false, nil
	}
	if resp != nil && retryAfter(resp.Header) > maxAsked {
		return false, nil
	}
	if err == nil && resp.StatusCode == http.StatusTooManyRequests {
		return true, nil
	}
	again := p.repeatable && saysNothing(resp, err)
	p.lost = p.lost || again
	return again, nil
}

// saysNothing reports whether an attempt leaves it open what the server did, so that another may tell.
func saysNothing(resp *http.Response, err error) bool {
	if err != nil {
		return !isHopeless(err)
	}
	switch resp.StatusCode {
	case http.StatusServiceUnavailable:
		return !isNoRoute(peek(resp))
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// isHopeless reports failures that the next attempt would meet again.
func isHopeless(err error) bool {
	var answer *AnswerError
	return isCertificateError(err) || errors.As(err, &answer)
}

// backoff waits as long as the server asks, else exponentially with jitter.
func (c *Client) backoff(least, most time.Duration, attempt int, resp *http.Response) time.Duration {
	wait := min(most, least<<attempt)
	wait = wait/2 + rand.N(wait/2+1)
	reason := "no answer"
	if resp != nil {
		reason = resp.Status
		if asked := retryAfter(resp.Header); asked > 0 {
			wait = asked + rand.N(time.Second)
		}
	}
	c.attempt.note(fmt.Sprintf("Segment: %s; trying again in %s.", reason, wait.Round(100*time.Millisecond)))
	return wait
}
