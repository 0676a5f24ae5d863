package authorize

import (
	"crypto/subtle"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// newState returns 256 random bits: x/oauth2 makes a PKCE verifier of 32
// random octets, and a state needs no other shape.
func newState() string { return oauth2.GenerateVerifier() }

// expected is what the one callback that is ours looks like.
type expected struct {
	redirect redirectURL
	state    string
	issuer   string
}

// callback is a callback that is ours: a code, or an error. A browser waits
// for the outcome behind one that it brought itself.
type callback struct {
	code, state string
	refusal     refusal

	outcome chan outcome  // nil for a pasted callback
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

// stray is why a request is not the callback: a fixed text, which repeats
// nothing of the request.
type stray string

func (s stray) Error() string { return string(s) }

const (
	strayQuery    stray = "its query cannot be read"
	strayRepeated stray = "it repeats a parameter"
	strayState    stray = "its state is not the one of this authorization"
	strayIssuer   stray = "it comes from another authorization server"
	strayEmpty    stray = "it holds neither one code nor one error"
	strayAddress  stray = "it is not for the redirect URL"
)

// parse reads a callback's query. Nothing but an equal state makes it ours,
// errors included (RFC 6749 §10.12), and no parameter may come twice (§3.1).
func (want expected) parse(query string) (*callback, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, strayQuery
	}
	for _, name := range []string{"code", "state", "error", "error_description", "error_hint", "iss"} {
		if len(values[name]) > 1 {
			return nil, strayRepeated
		}
	}
	state, code, failure := values.Get("state"), values.Get("code"), values.Get("error")
	if subtle.ConstantTimeCompare([]byte(state), []byte(want.state)) != 1 {
		return nil, strayState
	}
	if iss := values.Get("iss"); iss != "" && want.issuer != "" && iss != want.issuer {
		return nil, strayIssuer // RFC 9207 §2.4
	}
	if (code == "") == (failure == "") {
		return nil, strayEmpty
	}
	return &callback{
		code:    code,
		state:   state,
		refusal: refusal{failure, values.Get("error_description"), values.Get("error_hint")},
	}, nil
}

// pasted reads a line in which the callback URL may be, whole, without its
// scheme, or only its query. An empty line is no callback and no error.
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
			return nil, strayAddress
		}
	}
	query, _, _ = strings.Cut(query, "#")
	return want.parse(query)
}
