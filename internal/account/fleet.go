package account

import (
	"context"
	"sync"

	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"

	"github.com/segctl/segctl/internal/segment"
)

// Fleet returns a World for work on many installs: the credentials and the entries of the catalog are read once for all
// accounts, limit bounds all their requests together (nil is no bound), and nobody is told of single waits and retries.
func (w *World) Fleet(limit *rate.Limiter) *World {
	fleet := *w
	fleet.Note, fleet.Limit = nil, limit
	fleet.shared = &shared{world: w, catalog: map[string]*segment.CatalogDestination{}}
	return &fleet
}

// shared is what the accounts of a fleet ask for once. What failed is asked for again: the reason may be one account's own.
type shared struct {
	world *World

	app   Credentials
	appMu sync.Mutex

	catalog   map[string]*segment.CatalogDestination
	catalogMu sync.Mutex
	inFlight  singleflight.Group // by slug
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
