package ledger

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

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

// Ledger keeps the rows of one profile. It is safe for concurrent use. Its errors are *install.StoreError, those of package
// seal, those of a context, and what its methods name.
type Ledger struct {
	store   *postgres.Store
	profile string
	now     func() time.Time
}

// New returns the ledger that is kept beside the installs of a store; now is the service's clock, nil this machine's. It
// touches nothing before it is used.
func New(s *postgres.Store, now func() time.Time) *Ledger {
	if now == nil {
		now = time.Now
	}
	return &Ledger{store: s, profile: s.Profile(), now: now}
}

// Pool returns the pool that the ledger's rows are in.
func (l *Ledger) Pool(ctx context.Context) (*pgxpool.Pool, error) { return l.store.Pool(ctx) }

// Tx does something in one transaction, which is rolled back where it returns an error. The error is that one.
func (l *Ledger) Tx(ctx context.Context, do func(tx pgx.Tx) error) error {
	pool, err := l.Pool(ctx)
	if err != nil {
		return err
	}
	var own error
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		own = do(tx)
		return own
	})
	if own != nil {
		return own
	}
	return l.fault("write", "the flow", err)
}

// fault says as a *install.StoreError what went wrong with an item.
func (l *Ledger) fault(op, item string, err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrNotFound
	}
	return l.store.Fault(op, item, err)
}

// seal seals a value as JSON, for a row of a table; id is the row's key.
func (l *Ledger) seal(table, id string, value any) (sealed []byte, by *string, err error) {
	plain, err := json.Marshal(value)
	if err != nil {
		return nil, nil, err
	}
	keys := l.store.Keys()
	sealed, err = keys.Seal(l.context(table, id), plain)
	name := keys.ID()
	return sealed, &name, err
}

// open reads what seal sealed. Where there is nothing, the value stays as it is.
func (l *Ledger) open(table, id string, sealed []byte, value any) error {
	if sealed == nil {
		return nil
	}
	plain, err := l.store.Keys().Open(l.context(table, id), sealed)
	if err != nil {
		return err
	}
	return json.Unmarshal(plain, value)
}

// context is the place that a sealed value of a row belongs to. Sealed says the same in SQL.
func (l *Ledger) context(table, id string) string { return l.profile + "/" + table + "/" + id }

// named is the key of a row by a hash, as context takes it.
func named(hash []byte) string { return hex.EncodeToString(hash) }

// orNull is a time as a column keeps it: null for the zero time.
func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// orZero reads what orNull wrote.
func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
