// Package authorize is the OAuth authorization-code flow of Segment as a protocol: the authorization URL, what comes back
// to the redirect URL, and the exchange of the code for an install token (RFC 6749 §4.1, RFC 7636, RFC 9207).
//
// It must not know how a browser gets to the URL nor what receives its answer: package loopback does that for a program
// on the user's own machine, and a web server does it for itself. It knows neither settings nor stores, and prints nothing.
package authorize

import (
	"cmp"
	"time"

	"golang.org/x/oauth2"

	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/wire"
)

// App is a partner's OAuth client, and the server that it is registered with.
type App struct {
	ClientID, ClientSecret string

	ID          wire.Origin // the authorization server, and the issuer that an answer must name if it names one (RFC 9207)
	RedirectURL string      // as it is registered, to the letter
	Scope       wire.Scope  // "" asks for none

	Transport *wire.Transport // nil makes one for each request
	Timeout   time.Duration   // longest wait for one answer of the server; 0 means 30 seconds
	UserAgent string          // "" leaves Go's own

	// Redactor hides the secrets of this flow in the texts of errors, and is taught them. nil hides them all the same, but
	// knows no others.
	Redactor *secret.Redactor
}

// Request is one authorization that is under way. It may be stored between Begin and Callback; State and Verifier are
// secrets.
type Request struct {
	URL      string // where the owner of the workspace is to go
	State    string // ties the answer to this request
	Verifier string // the PKCE code verifier (RFC 7636 §4.1)
}

const (
	authorizationPath = "/oauth2/auth"
	tokenPath         = "/oauth2/token"

	defaultTimeout = 30 * time.Second
)

// Begin returns a new authorization, with a state and a code verifier of 256 random bits each. Its errors are
// *RedirectURLError, and *wire.OriginError for the App's ID.
func (a *App) Begin() (Request, error) {
	if err := CheckRedirectURL(a.RedirectURL); err != nil {
		return Request{}, err
	}
	config, err := a.config()
	if err != nil {
		return Request{}, err
	}
	// x/oauth2 makes a verifier of 32 random octets, and a state needs no other shape.
	r := Request{State: oauth2.GenerateVerifier(), Verifier: oauth2.GenerateVerifier()}
	r.URL = config.AuthCodeURL(r.State, oauth2.S256ChallengeOption(r.Verifier))
	a.learn(r)
	return r, nil
}

// config returns the client as x/oauth2 knows it. The id is checked here, for no secret and no code may go to a server
// in the clear.
func (a *App) config() (*oauth2.Config, error) {
	id, err := wire.ParseOrigin(string(a.ID))
	if err != nil {
		return nil, err
	}
	config := &oauth2.Config{
		ClientID:     a.ClientID,
		ClientSecret: a.ClientSecret,
		Endpoint: oauth2.Endpoint{
			AuthURL:   string(id) + authorizationPath,
			TokenURL:  string(id) + tokenPath,
			AuthStyle: oauth2.AuthStyleInHeader, // else x/oauth2 tries both ways, and sends the code twice
		},
		RedirectURL: a.RedirectURL,
	}
	if a.Scope != "" {
		config.Scopes = []string{string(a.Scope)}
	}
	return config, nil
}

func (a *App) timeout() time.Duration { return cmp.Or(a.Timeout, defaultTimeout) }

// learn teaches the redactor the secrets of one authorization, and returns it.
func (a *App) learn(r Request, more ...string) *secret.Redactor {
	known := a.Redactor
	if known == nil {
		known = new(secret.Redactor)
	}
	known.Learn(r.State, r.Verifier, a.ClientSecret)
	known.Learn(more...)
	known.LearnBasic(a.ClientID, a.ClientSecret)
	return known
}
