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
)

// policy says how often a request may be repeated.
type policy int

const (
	onlyIfRefused policy = iota // 429 alone: the server said that it did nothing
	repeatable                  // also after an answer that says nothing, or none
)

type policyKey struct{}

// withPolicy carries a request's policy to the retrying client, whose hooks see only the context.
func withPolicy(ctx context.Context, r *Request) context.Context {
	p := onlyIfRefused
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete:
		p = repeatable
	}
	if r.Repeatable {
		p = repeatable
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
	c.attempt = &attempt{
		next:    transport,
		limiter: rate.NewLimiter(rate.Limit(perMinute)/60, burst),
		timeout: timeout,
		note:    note,
	}
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
	safe := ctx.Value(policyKey{}) == repeatable
	if err != nil {
		return safe && !isHopeless(err), nil
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		return true, nil
	case http.StatusServiceUnavailable:
		return safe && !isNoRoute(peek(resp)), nil
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return safe, nil
	}
	return false, nil
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
