package loopback

import (
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/segctl/segctl/internal/authorize"
)

// expected is what the one callback that is ours looks like.
type expected struct {
	app      *authorize.App
	request  authorize.Request
	redirect redirectURL
}

// callback is a callback that is ours: a code, or a refusal. A browser waits for the outcome behind one that it brought
// itself.
type callback struct {
	code    string
	refused *authorize.Error

	outcome chan outcome  // nil for a callback that no browser brought
	shown   chan struct{} // closed once the browser has its page
}

// answerGrace is how long a browser may take to accept its final page.
const answerGrace = 2 * time.Second

// answer tells the waiting browser, if one waits, how it ended.
func (cb *callback) answer(o outcome) {
	if cb.outcome == nil {
		return
	}
	cb.outcome <- o
	select {
	case <-cb.shown:
	case <-time.After(answerGrace):
	}
}

// parse reads a callback's query. The error is an [authorize.Stray].
func (want expected) parse(query string) (*callback, error) {
	answer, err := want.app.Callback(want.request, query)
	var refused *authorize.Error
	switch {
	case errors.As(err, &refused):
		return &callback{refused: refused}, nil
	case err != nil:
		return nil, err
	}
	return &callback{code: answer.Code}, nil
}

// pasted reads a line in which the callback URL may be, whole, without its scheme, or only its query. An empty line is no
// callback and no error.
func (want expected) pasted(line string) (*callback, error) {
	line = strings.Trim(line, " \t\r\n\"'<>")
	if line == "" {
		return nil, nil
	}
	address, query, found := strings.Cut(line, "?")
	if !found {
		address, query = "", line
	}
	if address != "" {
		if !strings.Contains(address, "://") {
			address = "http://" + address
		}
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "http" || u.User != nil || !want.redirect.hostIsOurs(u.Host) || !want.redirect.pathIsOurs(u) {
			return nil, authorize.StrayAddress
		}
	}
	query, _, _ = strings.Cut(query, "#")
	return want.parse(query)
}
