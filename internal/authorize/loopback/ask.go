package loopback

import (
	"context"
	"errors"
	"time"

	"github.com/segctl/segctl/internal/authorize"
)

const (
	// maxQuestions is how often one flow asks the server for the reason of an error, beside the time-out. The reasons that
	// come without a state do not change from one request to the next.
	maxQuestions = 3
	// askInterval is the shortest time between two questions.
	askInterval = 10 * time.Second
)

// asker asks the authorization server whether it refuses the request. An error without a state may come from any web page
// that the browser has open, so it ends nothing: what the server says over our own connection does.
type asker struct {
	app     *authorize.App
	request authorize.Request
	answers chan error
	budget  budget
	asking  bool
}

func newAsker(app *authorize.App, request authorize.Request) *asker {
	return &asker{app: app, request: request, answers: make(chan error, 1), budget: budget{left: maxQuestions}}
}

// ask puts the question and does not wait for the answer, which comes from the channel answers. While one is under way, or
// after too many, it does nothing.
func (q *asker) ask(ctx context.Context) {
	if q.asking || !q.budget.take(time.Now()) {
		return
	}
	q.asking = true
	go func() { q.answers <- q.app.Ask(ctx, q.request) }()
}

// take reads an answer, and returns the refusal that ends the wait, or nil.
func (q *asker) take(err error, note func(text string)) *authorize.Error {
	q.asking = false
	var refused *authorize.Error
	switch {
	case err == nil:
		note("an error came to the redirect URL that Segment itself knows nothing of: still waiting for the answer")
	case errors.As(err, &refused) && isFinal(refused):
		return refused
	default:
		note("an error came to the redirect URL, and its reason could not be learned: still waiting for the answer (" + err.Error() + ")")
	}
	return nil
}

// isFinal reports whether a refusal is the server's own, and about the request: a firewall's page, a server in trouble or
// one that is asked too often says nothing of what the browser will get.
func isFinal(refused *authorize.Error) bool {
	return refused.Code != "" && refused.Reason != authorize.RateLimited && refused.Reason != authorize.ServerFailure
}

// budget limits how many questions there are, and how fast they follow each other.
type budget struct {
	left int
	next time.Time // no question before
}

func (b *budget) take(now time.Time) bool {
	if b.left == 0 || now.Before(b.next) {
		return false
	}
	b.left--
	b.next = now.Add(askInterval)
	return true
}
