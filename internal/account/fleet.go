package account

import (
	"context"
	"sync"

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
	s.catalogMu.Lock()
	entry := s.catalog[slug]
	s.catalogMu.Unlock()
	if entry != nil {
		return entry, nil
	}
	entry, err := a.api.CatalogDestination(ctx, slug)
	if err == nil {
		s.catalogMu.Lock()
		s.catalog[slug] = entry
		s.catalogMu.Unlock()
	}
	return entry, err
}
