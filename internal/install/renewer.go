package install

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/segctl/segctl/internal/wire"
)

// Renewer hands out the token of one install, and gets another one when it is about to expire, was refused, or when there
// is none yet. It is safe for concurrent use.
type Renewer struct {
	Store Store
	// Name of the install; "" means the store's current one.
	Name string
	// Origin of the API that tokens are wanted for. A record that another origin issued is an *OriginError.
	Origin wire.Origin
	// Refresh gets a new token, and with that kills the old one. It is called once per refresh and never twice at once for
	// one install, in however many processes.
	Refresh func(ctx context.Context, name string) (wire.Grant, error)
	// Now is the local clock; nil means time.Now.
	Now func() time.Time
	// Learn is told each token that is read or obtained, before anything else is done with it. nil: nobody is told.
	Learn func(token string)

	mu      sync.Mutex
	held    *Install        // what this run works with
	own     string          // the token that this run itself got last
	spent   map[string]bool // tokens that this run's refreshes have killed
	unsaved *SaveError
}

// Token returns a token for a request. rejected is "" at first, and the refused token after a 401: then another one comes
// back if there is one to be had, and the same one where a refresh would be pointless.
//
// A token that was refreshed but not saved is returned without an error, and works until the process ends: Unsaved tells.
func (r *Renewer) Token(ctx context.Context, rejected string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, err := r.install(ctx)
	if err != nil {
		return "", err
	}
	// What this run has just obtained is not refused for its age, and the next token would fare no better.
	usable := func(i Install) bool {
		return (i.Token != rejected || i.Token == r.own) && !i.Due(r.now())
	}
	if usable(i) && (i.Token != rejected || r.unsaved != nil) {
		return i.Token, nil
	}
	i, err = r.renew(ctx, i.Name, usable)
	var unsaved *SaveError
	if err != nil && !errors.As(err, &unsaved) {
		return "", err
	}
	return i.Token, nil
}

// Renew gets a new token whether or not the old one still works, except where another process has got one meanwhile.
// With a *SaveError, the Install is valid as well.
func (r *Renewer) Renew(ctx context.Context) (Install, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, err := r.install(ctx)
	if err != nil {
		return Install{}, err
	}
	return r.renew(ctx, i.Name, func(now Install) bool { return now.Token != i.Token && !now.Due(r.now()) })
}

// Ensure gets a new token unless the one there is works for at least that long, and says whether it did. Otherwise it is
// Renew.
func (r *Renewer) Ensure(ctx context.Context, validity time.Duration) (Install, bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	lasts := func(i Install) bool { return !i.Due(r.now()) && i.ExpiresAt.Sub(r.now()) >= validity }
	i, err := r.install(ctx)
	if err != nil || lasts(i) {
		return i, false, err
	}
	before := i.Token
	i, err = r.renew(ctx, i.Name, lasts)
	return i, i.Token != before, err
}

// Install returns the record as it is, without a look at its age. It may have no token.
func (r *Renewer) Install(ctx context.Context) (Install, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.install(ctx)
}

// Unsaved returns why the token that this run obtained could not be saved, or nil. A command that did its work with such
// a token must still fail in the end.
func (r *Renewer) Unsaved() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.unsaved == nil {
		return nil
	}
	return r.unsaved
}

// install returns the record that this run works with, read once.
func (r *Renewer) install(ctx context.Context) (Install, error) {
	if r.held != nil {
		return *r.held, nil
	}
	name := r.Name
	if name == "" {
		var err error
		if name, err = r.Store.Current(ctx); err != nil {
			return Install{}, err
		}
	}
	i, err := r.Store.Get(ctx, name)
	if err != nil {
		return Install{}, err
	}
	r.learn(i.Token)
	if err := i.CheckServer("", r.Origin); err != nil {
		return Install{}, err
	}
	r.held = &i
	return i, nil
}

// renew refreshes the install, unless what is saved by the time the record is ours is usable. With a *SaveError the
// Install is valid.
func (r *Renewer) renew(ctx context.Context, name string, usable func(Install) bool) (Install, error) {
	var saved, fresh *Install
	err := r.Store.Update(ctx, name, func(old *Install) (*Install, error) {
		if old == nil {
			return nil, fmt.Errorf("install %q: %w", name, ErrNotFound)
		}
		r.learn(old.Token)
		if err := old.CheckServer("", r.Origin); err != nil {
			return nil, err
		}
		if !r.spent[old.Token] && usable(*old) {
			saved = old
			return old, nil
		}
		i, err := r.refresh(ctx, *old)
		if err != nil {
			return nil, fmt.Errorf("refresh %s: %w", name, err)
		}
		r.spend(old.Token)
		fresh = &i
		return fresh, nil
	})
	switch {
	case fresh != nil:
		r.held, r.own, r.unsaved = fresh, fresh.Token, nil
		if err != nil {
			r.unsaved = &SaveError{name, err}
			return *fresh, r.unsaved
		}
		return *fresh, nil
	case err != nil:
		return Install{}, err
	}
	r.held, r.unsaved = saved, nil
	return *saved, nil
}

func (r *Renewer) refresh(ctx context.Context, old Install) (Install, error) {
	g, err := r.Refresh(ctx, old.Name)
	if err != nil {
		return Install{}, err
	}
	r.learn(g.AccessToken)
	old.Origin = first(old.Origin, r.Origin) // the first token of an install binds it
	return old.Renewed(g, r.now())
}

// spend remembers a token that a refresh has killed: where saving fails, it is still the one on record.
func (r *Renewer) spend(token string) {
	if r.spent == nil {
		r.spent = make(map[string]bool)
	}
	r.spent[token] = true
}

func (r *Renewer) learn(token string) {
	if r.Learn != nil && token != "" {
		r.Learn(token)
	}
}

func (r *Renewer) now() time.Time {
	if r.Now != nil {
		return r.Now()
	}
	return time.Now()
}
