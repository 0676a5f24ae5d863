// Package serve is the hosted flow as a service: the web server, the jobs and the database put together, started, watched
// and stopped. It prints nothing, and knows neither flags nor the environment.
package serve

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/serve/jobs"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// Options are what a service works with.
type Options struct {
	Addr            string // where it listens, such as ":8080"
	PublicURL       string // scheme, host and port that browsers reach it at
	TLSCert, TLSKey string // files of PEM; both "": a proxy in front has them, or it is for this machine alone
	TrustProxy      bool   // the last address in X-Forwarded-For is the client's

	CheckEvery time.Duration // how often it is looked how each destination is; 0 is jobs.DefaultCheckEvery
	Grace      time.Duration // how long what is going on may go on after the end; 0 is DefaultGrace
	Rate       float64       // most requests a minute to Segment over all installs; 0 is no bound but that of each token

	Name           string   // of the partner, on the pages
	Logo           string   // a file
	ReturnURLs     []string // where browsers may be sent in the end
	WebhookURL     string   // where events are sent; "" sends none
	WebhookSecrets []string // "whsec_…", the new one first where one replaces another

	World func() (*account.World, error) // its Store is Store
	Store *postgres.Store
	Log   *slog.Logger // nil logs nothing
	Now   func() time.Time

	Version   string            // of segctl
	Listening func(addr string) // is told the address once requests are taken; nil: nobody is told
}

const (
	// DefaultGrace is how long what is going on may go on after the end, where nothing is said.
	DefaultGrace = 20 * time.Second
	// These bound the connections to the database of one replica, 20 in all: those of requests, those of what jobs do, and
	// River's, of which one is kept to be told of new jobs.
	requestConns, jobConns, riverConns = 6, 8, 6
)

// Migrate brings the database to the schema that this segctl knows, the jobs' part included, and returns what it applied. It
// is safe when several do it at once.
func Migrate(ctx context.Context, s *postgres.Store) ([]string, error) {
	applied, err := s.Migrate(ctx, ledger.Schema())
	if err != nil {
		return applied, err
	}
	err = s.Exclusive(ctx, func(ctx context.Context, _ *pgx.Conn) error {
		pool, err := s.Pool(ctx)
		if err != nil {
			return err
		}
		more, err := jobs.Migrate(ctx, pool)
		applied = append(applied, more...)
		return err
	})
	return applied, err
}

// CheckSchema returns a *install.StoreError that says NotMigrated or Newer where the database is not as this segctl needs it.
func CheckSchema(ctx context.Context, s *postgres.Store) error {
	if err := s.CheckSchema(ctx, ledger.Schema()); err != nil {
		return err
	}
	pool, err := s.Pool(ctx)
	if err != nil {
		return err
	}
	return jobs.CheckSchema(ctx, pool)
}

// Rotate seals anew what was sealed to other recipients than those of today, in batches, while the service goes on. It
// returns how many values it sealed.
func Rotate(ctx context.Context, s *postgres.Store, batch int) (int, error) {
	return s.Rotate(ctx, batch, ledger.Sealed()...)
}
