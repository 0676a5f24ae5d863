package authorize

import (
	"crypto/subtle"
	"net/url"

	"github.com/segctl/segctl/internal/wire"
)

// Answer is what came back from an owner who allowed the install.
type Answer struct {
	Code string // the authorization code, for Exchange
}

// Stray is why a request is not the answer to an authorization. It is a fixed text that repeats nothing of the request.
// Whoever waits for the answer goes on waiting.
type Stray string

func (s Stray) Error() string { return string(s) }

// The reasons to ignore a request.
const (
	StrayQuery    Stray = "its query cannot be read"
	StrayRepeated Stray = "it repeats a parameter"
	StrayState    Stray = "its state is not the one of this authorization"
	StrayIssuer   Stray = "it comes from another authorization server"
	StrayEmpty    Stray = "it holds neither one code nor one error"
	StrayAddress  Stray = "it is not for the redirect URL"

	// StrayUnproven is an error without a state. The server sends one for what it finds before the login, such as a wrong
	// scope, but so can any web page that the browser has open. Ask tells the two apart.
	StrayUnproven Stray = "it is an error without a state, which proves nothing"
)

// Callback reads the query of a request to the redirect URL. The error is an *Error where the server refused, or the
// owner did, and a Stray where the request is not the answer to r: nothing but an equal state makes it that, errors
// included (RFC 6749 §10.12).
func (a *App) Callback(r Request, query string) (Answer, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return Answer{}, StrayQuery
	}
	// RFC 6749 §3.1: no parameter may come twice.
	for _, name := range []string{"code", "state", "error", "error_description", "error_hint", "iss"} {
		if len(values[name]) > 1 {
			return Answer{}, StrayRepeated
		}
	}
	state, code, refused := values.Get("state"), values.Get("code"), refusalOf(values)
	switch {
	case state == "" && code == "" && refused.code != "":
		return Answer{}, StrayUnproven
	case r.State == "" || subtle.ConstantTimeCompare([]byte(state), []byte(r.State)) != 1:
		return Answer{}, StrayState
	case !a.isIssuer(values.Get("iss")):
		return Answer{}, StrayIssuer
	case (code == "") == (refused.code == ""):
		return Answer{}, StrayEmpty
	case code == "":
		return Answer{}, refused.toError(StageAuthorize, 0, a.learn(r))
	}
	a.learn(r, code)
	return Answer{Code: code}, nil
}

// isIssuer reports whether an answer may come from the issuer that it names, if it names one (RFC 9207 §2.4).
func (a *App) isIssuer(iss string) bool {
	if iss == "" {
		return true
	}
	origin, err := wire.ParseOrigin(iss)
	id, ownErr := wire.ParseOrigin(string(a.ID))
	return err == nil && ownErr == nil && origin == id
}
