package ledger

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/postgres"
)

// ErrNotFound says that nothing is kept under a name or an id.
var ErrNotFound = install.ErrNotFound

// DB is what runs a query: a pool, or a transaction of the caller.
type DB interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Ledger keeps the rows of one profile. It is safe for concurrent use.
type Ledger struct {
	store *postgres.Store
	now   func() time.Time
}

// New returns the ledger that is kept beside the installs of a store; now is the service's clock, nil this machine's. It
// touches nothing before it is used.
func New(s *postgres.Store, now func() time.Time) *Ledger {
	if now == nil {
		now = time.Now
	}
	return &Ledger{store: s, now: now}
}
