// Package postgres keeps installs in a PostgreSQL that several machines share. A renewal is a lease and a compare-and-swap:
// while another token is fetched, no connection and no transaction is held. Tokens and secrets are sealed.
package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/seal"
)

// Options say where the installs are, and whose they are.
type Options struct {
	URL     string                              // of the database, or libpq's keywords; PGPASSFILE and its like are honoured
	Profile string                              // whose installs these are: several profiles share a database
	Keys    *seal.Keys                          // for tokens and secrets
	Choice  install.Choice                      // which install is the current one here: no affair of other machines
	Waiting func(install string, holder string) // is told, once, who holds an install that was waited for for two seconds; may be nil
	// MaxConns bounds the connections; 0 means 4.
	MaxConns int32
	// Now is the local clock; nil means time.Now. Leases are timed by the database's.
	Now func() time.Time
}

// Store is an [install.Store] in a database. It is safe for concurrent use.
type Store struct {
	o    Options
	term time.Duration // of a lease

	mu      sync.Mutex
	pool    *pgxpool.Pool
	reached bool // there was a connection: that there is none now will pass
	checked bool // the schema is the one that is known here
}

var _ install.Store = (*Store)(nil)

// New returns the Store of a profile. It touches nothing before it is used.
func New(o Options) *Store {
	if o.MaxConns == 0 {
		o.MaxConns = 4
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Store{o: o, term: leaseTerm}
}

// Keys returns the keys that seal what is in the database.
func (s *Store) Keys() *seal.Keys { return s.o.Keys }

// Profile returns the profile whose installs these are.
func (s *Store) Profile() string { return s.o.Profile }

// Close ends all connections. The Store can be used again, and then connects anew.
func (s *Store) Close() {
	s.mu.Lock()
	pool := s.pool
	s.pool = nil
	s.mu.Unlock()
	if pool != nil {
		pool.Close()
	}
}

// Pool returns the connections. They are made when they are needed: that the database cannot be reached is an error of
// what is done with them.
func (s *Store) Pool(context.Context) (*pgxpool.Pool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pool != nil {
		return s.pool, nil
	}
	pool, err := s.connect()
	if err != nil {
		return nil, err
	}
	s.pool = pool
	return pool, nil
}
