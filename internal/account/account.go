package account

import (
	"context"
	"time"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// Account is one install opened, or one token that was given. It is safe for concurrent use.
type Account struct {
	world  *World
	card   install.Card
	tokens tokens
	api    *segment.Client
}

// tokens is where the token of an account comes from.
type tokens interface {
	Token(ctx context.Context, rejected string) (string, error)
	Renew(ctx context.Context) (install.Install, error)
	Ensure(ctx context.Context, validity time.Duration) (install.Install, bool, error)
	Unsaved() error
}

func (w *World) account(card install.Card, source tokens) *Account {
	a := &Account{world: w, card: card, tokens: source}
	a.api = w.clientOf(card.Name, func(ctx context.Context, rejected string) (string, error) {
		token, err := source.Token(ctx, rejected)
		if err != nil {
			return "", err
		}
		return token, w.keepHere(token)
	})
	return a
}

// keepHere returns a *ForeignTokenError for a sandbox's token that would leave this machine.
func (w *World) keepHere(token string) error {
	_, api := w.Settings.Server()
	if w.IssuedBySandbox != nil && w.IssuedBySandbox(token) && !api.IsLoopback() {
		return &ForeignTokenError{API: api}
	}
	return nil
}

// API returns the Config API client whose requests carry the token.
func (a *Account) API() *segment.Client { return a.api }

// Card returns what is kept of the install beside its token, as it was when the account was opened. It is zero for a
// token that was given.
func (a *Account) Card() install.Card { return a.card }

// IsSaved reports whether the account is a saved install, whose token can be renewed.
func (a *Account) IsSaved() bool { return a.card.Name != "" }

// From says in words where the token comes from: the install's name, "SEGCTL_TOKEN" or "standard input".
func (a *Account) From() string {
	if a.IsSaved() {
		return a.card.Name
	}
	return a.world.GivenFrom
}

// Scope returns what the token may do: the install's scope or, for a token that was given, that of the settings, which
// is a guess.
func (a *Account) Scope() wire.Scope {
	if a.IsSaved() {
		return a.card.Scope
	}
	return wire.Scope(a.world.Settings.Get(config.Scope))
}

// Token returns a token that works, renewed where it is about to expire.
func (a *Account) Token(ctx context.Context) (string, error) { return a.tokens.Token(ctx, "") }

// Kept returns the install as it is kept, its token included, without a look at its age. For a token that was given it
// is an install without a name.
func (a *Account) Kept(ctx context.Context) (install.Install, error) {
	if !a.IsSaved() {
		return install.Install{Token: a.world.Given}, nil
	}
	kept, err := a.world.Store.Get(ctx, a.card.Name)
	if err == nil {
		a.world.learn(kept.Token)
	}
	return kept, err
}

// Renew gets a new token, and kills the old one with that. A token that was given is a *GivenTokenError.
func (a *Account) Renew(ctx context.Context) (install.Install, error) { return a.tokens.Renew(ctx) }

// Ensure gets a new token unless the one there is works for at least that long, and says whether it did.
func (a *Account) Ensure(ctx context.Context, validity time.Duration) (install.Install, bool, error) {
	return a.tokens.Ensure(ctx, validity)
}

// Learn keeps secrets out of everything that is said from now on, wherever a server sends them back.
func (a *Account) Learn(secrets ...string) { a.world.Redactor.Learn(secrets...) }

// Unsaved returns why a token that was renewed on the way could not be saved, or nil. A command that did its work with
// such a token must still fail in the end.
func (a *Account) Unsaved() error { return a.tokens.Unsaved() }
