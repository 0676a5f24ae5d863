package account

import (
	"context"
	"time"

	"golang.org/x/time/rate"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// World is what the accounts of a process share.
type World struct {
	Settings  *config.Settings
	Store     install.Store
	Vault     install.Vault // of the client secret; nil has none
	Transport *wire.Transport
	Redactor  *secret.Redactor

	// Given is a token for this run that no store is asked for, and GivenFrom says in words where it is from:
	// "SEGCTL_TOKEN", "standard input". "" is none.
	Given, GivenFrom string

	// IssuedBySandbox reports whether a sandbox issued a token: such a token is sent to this machine alone. nil knows none.
	IssuedBySandbox func(token string) bool

	Now       func() time.Time
	Note      func(text string) // told about waits and retries; nil: nobody is
	UserAgent string
	Timeout   time.Duration // longest wait for one answer; 0 is the client's default

	// Limit bounds the requests of all accounts together, beside the bound that each token has of its own. nil is none.
	Limit *rate.Limiter

	quiet  bool
	shared *shared // what the accounts of a fleet ask for once; nil: each asks for itself
}

// Quiet returns a World for completions: its accounts use tokens as they are, for a refresh would kill the one that
// others are using; nobody is told anything, and a keyring that is locked is left alone.
func (w *World) Quiet() *World {
	quiet := *w
	quiet.Note, quiet.quiet = nil, true
	return &quiet
}

// Time returns the present time by the local clock.
func (w *World) Time() time.Time {
	if w.Now != nil {
		return w.Now()
	}
	return time.Now()
}

// client returns a Config API client that only refreshes.
func (w *World) client() *segment.Client { return w.clientOf("", nil) }

// clientOf returns a Config API client for the token of a saved install; its name is "" for a token that was given.
func (w *World) clientOf(name string, token func(ctx context.Context, rejected string) (string, error)) *segment.Client {
	_, api := w.Settings.Server()
	return segment.New(segment.Options{
		Origin:    api,
		Token:     token,
		Transport: w.Transport,
		Timeout:   w.Timeout,
		UserAgent: w.UserAgent,
		Note:      w.Note,
		Redactor:  w.Redactor,
		Own:       w.shared.limit(name),
		Limit:     w.Limit,
	})
}

// learn keeps a token out of everything that is said from now on.
func (w *World) learn(token string) { w.Redactor.Learn(token) }
