package segment

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

const (
	// maxBody bounds one answer, in bytes.
	maxBody = 10 << 20
	// shortWait is a wait that nobody needs to be told about.
	shortWait = time.Second
)

// sender sends single requests: it waits for the rate limit, bounds the time, and reads the answer to its end, so that
// a body that is cut counts as no answer.
type sender struct {
	next    http.RoundTripper
	limits  []*rate.Limiter // all are kept
	timeout time.Duration
	note    func(text string)
}

// send sends a request once.
func (s sender) send(req *http.Request) (*Response, error) {
	if err := s.wait(req.Context()); err != nil {
		return nil, err
	}
	timeout := fmt.Errorf("nothing within %s: %w", s.timeout, context.DeadlineExceeded)
	ctx, cancel := context.WithTimeoutCause(req.Context(), s.timeout, timeout)
	defer cancel()
	resp, err := s.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, whyEnded(ctx, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read answer: %w", whyEnded(ctx, err))
	case len(body) > maxBody:
		path := strings.TrimPrefix(req.URL.Path, apiPrefix)
		return nil, &AnswerError{req.Method, path, fmt.Sprintf("it is larger than %d MiB", maxBody>>20)}
	}
	return &Response{resp.StatusCode, resp.Header, body}, nil
}

// whyEnded prefers why a context ended to the error that this led to.
func whyEnded(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// wait waits for the rate limits.
func (s sender) wait(ctx context.Context) error {
	var delay time.Duration
	reservations := make([]*rate.Reservation, len(s.limits))
	for i, limit := range s.limits {
		reservations[i] = limit.Reserve()
		delay = max(delay, reservations[i].Delay())
	}
	if delay == 0 {
		return nil
	}
	if delay > shortWait {
		s.note(fmt.Sprintf("Waiting %s to stay below Segment's 200 requests a minute.", delay.Round(100*time.Millisecond)))
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		for _, reservation := range reservations {
			reservation.Cancel()
		}
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
