// Package loopback runs an authorization for a program on the user's own machine: it listens on the loopback addresses,
// has the browser sent to the authorization server, takes the one answer that is ours, from the browser or pasted, has the
// token saved, and only then tells the browser how it went (RFC 8252 §7.3).
//
// It must not know where settings come from, how a browser is started, nor where a token is kept: those are the functions
// of a [Flow].
package loopback

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/segctl/segctl/internal/authorize"
	"github.com/segctl/segctl/internal/wire"
)

// Flow is one authorization. Its functions are called one at a time, on the goroutine that called Run.
type Flow struct {
	// App is what is authorized. Its redirect URL is http on localhost, 127.0.0.1 or [::1]; without a port it means port 80.
	App *authorize.App

	Timeout time.Duration // how long to wait for the answer; 0 means 5 minutes

	Show func(authorize.Request)                     // told the authorization once the port is held, before Open; nil tells nobody
	Open func(ctx context.Context, url string) error // starts the browser and does not wait for it; nil opens nothing. Its failure goes to Note

	// Paste is read for lines that hold the callback URL, or its query alone; nil reads nothing. A read that is blocked
	// when Run returns stays blocked in its goroutine and takes what comes next: a terminal cannot be told to stop reading.
	// Whatever else is asked of the user is asked before.
	Paste io.Reader

	Note func(text string) // told about ignored requests and failures that do not end the flow; nil is silent

	// Finish is handed the grant before the browser is answered, to save it. Its message is a sentence for the final page;
	// its error is returned by Run as it is. Its context outlives the one given to Run by a short grace, so that a redeemed
	// code is not lost to Ctrl-C.
	Finish func(ctx context.Context, g wire.Grant) (message string, err error)
}

// ErrTimeout is returned by Run when no answer came in time. Where the server says why, or cannot be reached, that
// *authorize.Error or *authorize.NetworkError is joined to it.
var ErrTimeout = errors.New("no answer came in time")

const (
	defaultTimeout = 5 * time.Minute
	finishTimeout  = 5 * time.Minute // the keyring may be waiting for a person to type its password
	interruptGrace = 10 * time.Second
)

// Run carries the flow out and returns what was granted. The port is free again when it returns.
//
// Its errors are *authorize.RedirectURLError, *wire.OriginError, *PortError, ErrTimeout, the context's own error,
// *authorize.Error where the server refused, *authorize.NetworkError where it did not answer, or Finish's error, with the
// grant beside it.
func (f *Flow) Run(ctx context.Context) (wire.Grant, error) {
	redirect, err := parseRedirectURL(f.App.RedirectURL)
	if err != nil {
		return wire.Grant{}, err
	}
	request, err := f.App.Begin()
	if err != nil {
		return wire.Grant{}, err
	}
	l, err := listen(expected{app: f.App, request: request, redirect: redirect})
	if err != nil {
		return wire.Grant{}, err
	}
	defer l.close()
	f.open(ctx, request)

	cb, err := f.await(ctx, l)
	if err != nil {
		return wire.Grant{}, err
	}
	work, cancel := outlive(ctx)
	defer cancel()
	grant, message, err := f.redeem(work, request, cb)
	cb.answer(outcome{grant: grant, message: message, err: err})
	return grant, err
}

func (f *Flow) open(ctx context.Context, request authorize.Request) {
	if f.Show != nil {
		f.Show(request)
	}
	if f.Open == nil {
		return
	}
	if err := f.Open(ctx, request.URL); err != nil {
		f.note(fmt.Sprintf("the browser could not be started (%v): open the URL yourself", err))
	}
}

func (f *Flow) note(text string) {
	if f.Note != nil {
		f.Note(text)
	}
}

// redeem turns the callback into a saved grant.
func (f *Flow) redeem(ctx context.Context, request authorize.Request, cb *callback) (g wire.Grant, message string, err error) {
	if cb.refused != nil {
		return wire.Grant{}, "", cb.refused
	}
	g, err = f.App.Exchange(ctx, request, cb.code)
	if err != nil || f.Finish == nil {
		return g, "", err
	}
	message, err = f.Finish(ctx, g)
	return g, message, err
}

// outlive returns a context for what follows a callback: the code can be redeemed only once, and what it brought has to be
// saved even when the user interrupts in that moment. It ends a short grace after ctx does.
func outlive(ctx context.Context) (context.Context, context.CancelFunc) {
	work, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(interruptGrace, cancel) })
	return work, func() {
		stop()
		cancel()
	}
}
