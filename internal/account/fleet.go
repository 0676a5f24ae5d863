package account

import (
	"context"
	"maps"
	"sync"

	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"

	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// Fleet returns a World for work on many installs: the credentials and the entries of the catalog are read once for all
// accounts, limit bounds all their requests together (nil is no bound), and nobody is told of single waits and retries.
func (w *World) Fleet(limit *rate.Limiter) *World {
	fleet := *w
	fleet.Note, fleet.Limit = nil, limit
	fleet.shared = newShared(w, &tokenLimits{all: map[string]*rate.Limiter{}})
	return &fleet
}

// Anew returns a World of a fleet that has read nothing yet, for work that goes on for days: credentials and the catalog
// change meanwhile. It keeps to the limits of the one before.
func (w *World) Anew() *World {
	if w.shared == nil {
		return w
	}
	fleet := *w
	w.shared.limits.forget()
	fleet.shared = newShared(w.shared.world, w.shared.limits)
	return &fleet
}

func newShared(w *World, limits *tokenLimits) *shared {
	return &shared{world: w, catalog: map[string]*segment.CatalogDestination{}, refused: map[wire.Scope]error{}, limits: limits}
}

// shared is what the accounts of a fleet ask for once. What failed is asked for again: the reason may be one account's own.
type shared struct {
	world *World

	app   Credentials
	appMu sync.Mutex

	catalog   map[string]*segment.CatalogDestination
	catalogMu sync.Mutex
	inFlight  singleflight.Group // by slug

	refused   map[wire.Scope]error // why installs of a scope may not read filters
	refusedMu sync.Mutex

	limits *tokenLimits
}

// tokenLimits are the limiters of tokens, by install: however often an install is opened, it has one.
type tokenLimits struct {
	all map[string]*rate.Limiter
	mu  sync.Mutex
}

// limit returns the limiter of an install's token, nil where each account has one of its own.
func (s *shared) limit(name string) *rate.Limiter {
	if s == nil || name == "" {
		return nil
	}
	s.limits.mu.Lock()
	defer s.limits.mu.Unlock()
	if s.limits.all[name] == nil {
		s.limits.all[name] = segment.NewLimiter()
	}
	return s.limits.all[name]
}

// forget drops the limiters that are as good as new ones: installs come and go.
func (l *tokenLimits) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	maps.DeleteFunc(l.all, func(_ string, limit *rate.Limiter) bool { return limit.Tokens() >= float64(limit.Burst()) })
}

func (s *shared) credentials(ctx context.Context) (Credentials, error) {
	s.appMu.Lock()
	defer s.appMu.Unlock()
	if s.app != (Credentials{}) {
		return s.app, nil
	}
	app, err := s.world.Credentials(ctx)
	if err == nil {
		s.app = app
	}
	return app, err
}

// CatalogDestination returns what the catalog says of a destination, with the errors of the client. In a fleet it is asked
// for once for all accounts.
func (a *Account) CatalogDestination(ctx context.Context, slug string) (*segment.CatalogDestination, error) {
	s := a.world.shared
	if s == nil {
		return a.api.CatalogDestination(ctx, slug)
	}
	if entry := s.known(slug); entry != nil {
		return entry, nil
	}
	ask := func() (any, error) { return a.api.CatalogDestination(ctx, slug) }
	answer, err, shared := s.inFlight.Do(slug, ask)
	if err != nil && shared { // the token that asked may see less than this one
		answer, err = ask()
	}
	if err != nil {
		return nil, err
	}
	entry, _ := answer.(*segment.CatalogDestination)
	s.keep(slug, entry)
	return entry, nil
}

func (s *shared) known(slug string) *segment.CatalogDestination {
	s.catalogMu.Lock()
	defer s.catalogMu.Unlock()
	return s.catalog[slug]
}

func (s *shared) keep(slug string, entry *segment.CatalogDestination) {
	s.catalogMu.Lock()
	defer s.catalogMu.Unlock()
	s.catalog[slug] = entry
}

// Filters returns the filters of a destination that was just read, with the errors of the client. No token is replaced for
// them: not every scope may read filters. In a fleet, what is refused to one scope is not asked for again.
func (a *Account) Filters(ctx context.Context, destination segment.Name) ([]*segment.Filter, error) {
	s, scope := a.world.shared, a.Scope()
	if s != nil {
		s.refusedMu.Lock()
		refused := s.refused[scope]
		s.refusedMu.Unlock()
		if refused != nil {
			return nil, refused
		}
	}
	filters, err := segment.Collect(a.api.Filters(segment.KeepToken(ctx), destination))
	if s != nil && (segment.HasReason(err, segment.PermissionDenied) || segment.HasReason(err, segment.Unauthenticated)) {
		s.refusedMu.Lock()
		s.refused[scope] = err
		s.refusedMu.Unlock()
	}
	return filters, err
}
