// Package authorize runs the OAuth authorization-code flow of a program on
// the user's own machine: it listens on the loopback addresses, sends the
// browser to the authorization server, takes the one callback that is ours,
// exchanges its code for an install token, has the token saved, and only then
// tells the browser how it went (RFC 6749 §4.1, RFC 7636, RFC 8252 §7.3,
// RFC 9207).
//
// It must not know where settings come from, how a browser is started, nor
// where a token is kept: those are the functions of a [Flow].
package authorize

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/oauth2"
)

// Flow is one authorization. Its functions are called one at a time, on the
// goroutine that called Run.
type Flow struct {
	ClientID, ClientSecret string

	AuthURL  string // https, or http on a loopback host
	TokenURL string // https, or http on a loopback host

	// RedirectURL is the registered callback: http on localhost, 127.0.0.1 or
	// [::1]. Without a port it means port 80.
	RedirectURL string

	Scope  string
	Issuer string // the issuer that a callback's iss must equal, if it has one; "" compares nothing

	Timeout   time.Duration     // how long to wait for the callback; 0 means 5 minutes
	Transport http.RoundTripper // for the exchange; nil means one like http.DefaultTransport

	// Wrap is put around the variant of Transport that makes a connection for
	// the exchange alone, such as a trace; nil puts nothing around. A trace
	// that were the Transport itself would hide what can be told to do that.
	Wrap func(http.RoundTripper) http.RoundTripper

	Show func(url string)                            // told the authorization URL once the port is held, before Open; nil tells nobody
	Open func(ctx context.Context, url string) error // starts the browser and does not wait for it; nil opens nothing. Its failure goes to Note

	// Paste is read for lines that hold the callback URL, or its query alone;
	// nil reads nothing. A read that is blocked when Run returns stays blocked
	// in its goroutine and takes what comes next: a terminal cannot be told to
	// stop reading. Whatever else is asked of the user is asked before.
	Paste io.Reader

	Note func(text string) // told about ignored requests and failures that do not end the flow; nil is silent

	// Finish is handed the grant before the browser is answered, to save it.
	// Its message is a sentence for the final page; its error is returned by
	// Run as it is. Its context outlives the one given to Run by a short
	// grace, so that a redeemed code is not lost to Ctrl-C.
	Finish func(ctx context.Context, g Grant) (message string, err error)
}

// Grant is the answer of the token endpoint (Enable with Segment guide).
// ExpiresIn is in seconds, 0 where the server gave no usable number.
type Grant struct {
	AccessToken, TokenType      string
	ExpiresIn                   int64
	Scope, AppName, InstallName string
	WorkspaceNames, SourceNames []string
}

// ErrTimeout is returned by Run when no callback came in time.
var ErrTimeout = errors.New("no callback came in time")

const (
	defaultTimeout  = 5 * time.Minute
	exchangeTimeout = 30 * time.Second
	finishTimeout   = 5 * time.Minute // the keyring may be waiting for a person to type its password
	interruptGrace  = 10 * time.Second
)

// Run carries the flow out and returns what was granted. The port is free
// again when it returns.
//
// Its errors are *RedirectURLError, *EndpointError, *PortError, ErrTimeout,
// the context's own error, *Error where the server refused, *NetworkError
// where it did not answer, or Finish's error, with the grant beside it.
func (f *Flow) Run(ctx context.Context) (Grant, error) {
	redirect, err := parseRedirectURL(f.RedirectURL)
	if err != nil {
		return Grant{}, err
	}
	if err := errors.Join(checkEndpoint("authorization", f.AuthURL), checkEndpoint("token", f.TokenURL)); err != nil {
		return Grant{}, err
	}

	want := expected{redirect: redirect, state: newState(), issuer: f.Issuer}
	l, err := listen(want)
	if err != nil {
		return Grant{}, err
	}
	defer l.close()

	verifier := oauth2.GenerateVerifier()
	config := &oauth2.Config{
		ClientID:     f.ClientID,
		ClientSecret: f.ClientSecret,
		Endpoint:     oauth2.Endpoint{AuthURL: f.AuthURL, TokenURL: f.TokenURL, AuthStyle: oauth2.AuthStyleInHeader},
		RedirectURL:  f.RedirectURL,
	}
	if f.Scope != "" {
		config.Scopes = []string{f.Scope}
	}
	f.open(ctx, config.AuthCodeURL(want.state, oauth2.S256ChallengeOption(verifier)))

	cb, err := f.await(ctx, l)
	if err != nil {
		return Grant{}, err
	}
	work, cancel := outlive(ctx)
	defer cancel()
	grant, message, err := f.redeem(work, config, cb, verifier)
	cb.answer(outcome{grant: grant, message: message, err: err})
	return grant, err
}

func (f *Flow) open(ctx context.Context, authURL string) {
	if f.Show != nil {
		f.Show(authURL)
	}
	if f.Open == nil {
		return
	}
	if err := f.Open(ctx, authURL); err != nil {
		f.note(fmt.Sprintf("the browser could not be started (%v): open the URL yourself", err))
	}
}

func (f *Flow) note(text string) {
	if f.Note != nil {
		f.Note(text)
	}
}

// await returns the one callback, from the browser or pasted.
func (f *Flow) await(ctx context.Context, l *listener) (*callback, error) {
	timeout := f.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	wait, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	lines := readLines(wait, f.Paste)
	told := map[string]bool{} // a page that floods the port must not flood the terminal
	for {
		select {
		case cb := <-l.callbacks:
			return cb, nil
		case text := <-l.notes:
			if !told[text] {
				told[text] = true
				f.note(text)
			}
		case line := <-lines:
			cb, err := l.want.pasted(line)
			if err != nil {
				f.note("the pasted line was ignored: " + err.Error())
			} else if cb != nil && l.claim() {
				return cb, nil
			}
		case <-wait.Done():
			if !l.claim() {
				return <-l.callbacks, nil // it came at the last moment
			}
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("wait for the callback: %w", err)
			}
			return nil, ErrTimeout
		}
	}
}

// redeem turns the callback into a saved grant.
func (f *Flow) redeem(ctx context.Context, config *oauth2.Config, cb *callback, verifier string) (g Grant, message string, err error) {
	basic := url.QueryEscape(f.ClientID) + ":" + url.QueryEscape(f.ClientSecret)
	known := redactor{cb.code, verifier, cb.state, f.ClientSecret, basic}
	if cb.code == "" {
		return Grant{}, "", known.refused(StageAuthorize, 0, cb.refusal)
	}
	g, err = exchange(ctx, f.exchangeTransport(), config, cb.code, verifier, known)
	if err != nil || f.Finish == nil {
		return g, "", err
	}
	message, err = f.Finish(ctx, g)
	return g, message, err
}

// outlive returns a context for what follows a callback: the code can be
// redeemed only once, and what it brought has to be saved even when the user
// interrupts in that moment. It ends a short grace after ctx does.
func outlive(ctx context.Context) (context.Context, context.CancelFunc) {
	work, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(interruptGrace, cancel) })
	return work, func() {
		stop()
		cancel()
	}
}
