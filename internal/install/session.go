package install

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Session hands out the token of one install, and refreshes it when it is about to expire or was refused. It is safe for
// concurrent use.
type Session struct {
	Store Store
	// Name of the install; "" means the store's current one.
	Name string
	// Origin of the API that tokens are wanted for. A record that another origin issued is an *OriginError.
	Origin string
	// Refresh gets a new token, and with that kills the old one. It is called once per refresh and never twice at once for
	// one install, in however many processes. nil: the token cannot be refreshed.
	Refresh func(ctx context.Context, name string) (Grant, error)
	// Now is the local clock; nil means time.Now.
	Now func() time.Time

	mu      sync.Mutex
	held    *Install        // what this run works with
	own     string          // the token that this run itself got last
	spent   map[string]bool // tokens that this run's refreshes have killed
	unsaved *SaveError
}

// Token returns a token for a request. rejected is "" at first, and the refused token after a 401: then another one comes
// back if there is one to be had, and the same one where a refresh is impossible or would be pointless.
//
// A token that was refreshed but not saved is returned without an error, and works until the process ends: Unsaved tells.
func (s *Session) Token(ctx context.Context, rejected string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, err := s.install(ctx)
	if err != nil {
		return "", err
	}
	// What this run has just obtained is not refused for its age, and the next token would fare no better.
	usable := func(i Install) bool {
		return (i.Token != rejected || i.Token == s.own) && !s.due(i)
	}
	switch {
	case s.Refresh == nil:
		return i.Token, nil
	case usable(i) && (i.Token != rejected || s.unsaved != nil):
		return i.Token, nil
	}
	i, err = s.renew(ctx, i.Name, usable)
	var unsaved *SaveError
	if err != nil && !errors.As(err, &unsaved) {
		return "", err
	}
	return i.Token, nil
}

// Renew gets a new token whether or not the old one still works, except where another process has got one meanwhile.
// With a *SaveError, the Install is valid as well. A given token is a *NoRefreshError.
func (s *Session) Renew(ctx context.Context) (Install, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Refresh == nil {
		return Install{}, &NoRefreshError{s.Store.String()}
	}
	i, err := s.install(ctx)
	if err != nil {
		return Install{}, err
	}
	return s.renew(ctx, i.Name, func(now Install) bool { return now.Token != i.Token && !s.due(now) })
}

// Install returns the record as it is, without a look at its age.
func (s *Session) Install(ctx context.Context) (Install, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.install(ctx)
}

// Unsaved returns why the token that this run obtained could not be saved, or nil. A command that did its work with such
// a token must still fail in the end.
func (s *Session) Unsaved() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unsaved == nil {
		return nil
	}
	return s.unsaved
}

// install returns the record that this run works with, read once.
func (s *Session) install(ctx context.Context) (Install, error) {
	if s.held != nil {
		return *s.held, nil
	}
	name := s.Name
	if name == "" {
		var err error
		if name, err = s.Store.Current(ctx); err != nil {
			return Install{}, err
		}
	}
	i, err := s.Store.Get(ctx, name)
	if err != nil {
		return Install{}, err
	}
	if err := s.checkOrigin(i); err != nil {
		return Install{}, err
	}
	s.held = &i
	return i, nil
}

// renew refreshes the install, unless what is saved by the time the record is ours is usable. With a *SaveError the
// Install is valid.
func (s *Session) renew(ctx context.Context, name string, usable func(Install) bool) (Install, error) {
	var saved, fresh *Install
	err := s.Store.Update(ctx, name, func(old *Install) (*Install, error) {
		if old == nil {
			return nil, fmt.Errorf("install %q: %w", name, ErrNotFound)
		}
		if err := s.checkOrigin(*old); err != nil {
			return nil, err
		}
		if !s.spent[old.Token] && usable(*old) {
			saved = old
			return old, nil
		}
		g, err := s.Refresh(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("refresh %s: %w", name, err)
		}
		i, err := old.Renewed(g, s.now())
		if err != nil {
			return nil, fmt.Errorf("refresh %s: %w", name, err)
		}
		s.spend(old.Token)
		fresh = &i
		return fresh, nil
	})
	switch {
	case fresh != nil:
		s.held, s.own, s.unsaved = fresh, fresh.Token, nil
		if err != nil {
			s.unsaved = &SaveError{name, err}
			return *fresh, s.unsaved
		}
		return *fresh, nil
	case err != nil:
		return Install{}, err
	}
	s.held, s.unsaved = saved, nil
	return *saved, nil
}

// spend remembers a token that a refresh has killed: where saving fails, it is still the one on record.
func (s *Session) spend(token string) {
	if s.spent == nil {
		s.spent = make(map[string]bool)
	}
	s.spent[token] = true
}

func (s *Session) checkOrigin(i Install) error {
	wanted, err := canonicalOrigin(s.Origin)
	if err != nil {
		return err
	}
	// Only a given token is bound to none: it goes where the user who gave it says.
	if i.Origin != "" && i.Origin != wanted {
		return &OriginError{Install: i.Name, Bound: i.Origin, Wanted: wanted}
	}
	return nil
}

// longestMargin is how long before its expiry a token is replaced, so that no request is on its way with a dying token.
const longestMargin = 5 * time.Minute

// due reports whether a token has expired, or is about to. The margin shrinks with short lives, else a token would be
// about to expire from the start.
func (s *Session) due(i Install) bool {
	if i.ExpiresAt.IsZero() {
		return false
	}
	margin := min(longestMargin, max(0, i.ExpiresAt.Sub(i.ObtainedAt)/10))
	return !s.now().Before(i.ExpiresAt.Add(-margin))
}

func (s *Session) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}
