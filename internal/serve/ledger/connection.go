package ledger

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/segctl/segctl/internal/destination"
)

// Wanted is what a destination is to be.
type Wanted struct {
	Destination string                     // a slug; "" is the one that the install's scope names
	Settings    map[string]json.RawMessage // values as JSON, by the names of settings
}

// String names the destination: a message gives no setting away.
func (w Wanted) String() string { return w.Destination }

// GoString is String.
func (w Wanted) GoString() string { return w.String() }

// Connection is what an install is connected for, and how its destination is.
type Connection struct {
	Install   string // "installs/7"
	Customer  string
	Wanted    Wanted
	Enabled   bool               // it was enabled once
	Health    destination.Health // "" before the first check
	Detail    string             // what is behind the health, in words
	CheckedAt time.Time          // zero before the first check
	CreatedAt time.Time
	Lost      bool // the owner uninstalled the App, and has not been back yet
}

const connectionColumns = `install, customer, destination, enabled, health, detail, checked_at, created_at, lost`

// scan reads connectionColumns, and whatever columns follow.
func (c *Connection) scan(row pgx.Row, more ...any) error {
	var checked *time.Time
	into := []any{&c.Install, &c.Customer, &c.Wanted.Destination, &c.Enabled, &c.Health, &c.Detail, &checked, &c.CreatedAt, &c.Lost}
	err := row.Scan(append(into, more...)...)
	c.CheckedAt = orZero(checked)
	return err
}

// Connection returns the connection of an install with its settings. With lock, it is locked until the transaction that db is
// ends, also where there is none yet: then nobody else can make one who locks it as well. The error wraps ErrNotFound where
// there is none.
func (l *Ledger) Connection(ctx context.Context, db DB, install string, lock bool) (Connection, error) {
	c, sealed, err := l.connection(ctx, db, install, lock)
	if err == nil {
		err = l.open("connections", install, sealed, &c.Wanted.Settings)
	}
	if err != nil {
		return Connection{}, l.fault("read", "the connection of "+install, err)
	}
	return c, nil
}

// LockConnection is Connection with lock, and leaves the settings sealed.
func (l *Ledger) LockConnection(ctx context.Context, tx pgx.Tx, install string) (Connection, error) {
	c, _, err := l.connection(ctx, tx, install, true)
	return c, l.fault("read", "the connection of "+install, err)
}

func (l *Ledger) connection(ctx context.Context, db DB, install string, lock bool) (c Connection, sealed []byte, err error) {
	sql := `SELECT ` + connectionColumns + `, settings FROM segctl_connections WHERE profile = $1 AND install = $2`
	if lock {
		sql += ` FOR UPDATE`
		// A statement of its own: it sees only what was there when it began.
		if _, err := db.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('segctl_connections/' || $1 || '/' || $2, 0))`, l.profile, install); err != nil {
			return Connection{}, nil, err
		}
	}
	err = c.scan(db.QueryRow(ctx, sql, l.profile, install), &sealed)
	return c, sealed, err
}

// Connections returns up to limit connections that follow an install by its name, without their settings.
func (l *Ledger) Connections(ctx context.Context, after string, limit int) ([]Connection, error) {
	pool, err := l.Pool(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := pool.Query(ctx, `SELECT `+connectionColumns+` FROM segctl_connections
		WHERE profile = $1 AND install > $2 ORDER BY install LIMIT $3`, l.profile, after, limit)
	if err != nil {
		return nil, l.fault("read", "the connections", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c Connection, err error) {
		err = c.scan(row)
		return c, err
	})
	return all, l.fault("read", "the connections", err)
}

// SaveConnection keeps a connection, in place of the one of its install, with the settings it has here.
func (l *Ledger) SaveConnection(ctx context.Context, tx pgx.Tx, c Connection) error {
	var sealed []byte
	var by *string
	if len(c.Wanted.Settings) > 0 {
		var err error
		if sealed, by, err = l.seal("connections", c.Install, c.Wanted.Settings); err != nil {
			return l.fault("write", "the connection of "+c.Install, err)
		}
	}
	if c.CreatedAt.IsZero() {
		c.CreatedAt = l.now()
	}
	_, err := tx.Exec(ctx, `INSERT INTO segctl_connections
		(profile, `+connectionColumns+`, settings, seal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (profile, install) DO UPDATE SET customer = excluded.customer, destination = excluded.destination,
			enabled = excluded.enabled, health = excluded.health, detail = excluded.detail, checked_at = excluded.checked_at,
			lost = excluded.lost, settings = excluded.settings, seal = excluded.seal`,
		l.profile, c.Install, c.Customer, c.Wanted.Destination, c.Enabled, c.Health, c.Detail, orNull(c.CheckedAt), c.CreatedAt, c.Lost, sealed, by)
	return l.fault("write", "the connection of "+c.Install, err)
}

// SetHealth keeps how the destination of an install is, and leaves its settings sealed as they are. The error wraps
// ErrNotFound where the install is not connected.
func (l *Ledger) SetHealth(ctx context.Context, db DB, c Connection) error {
	done, err := db.Exec(ctx, `UPDATE segctl_connections SET enabled = $3, health = $4, detail = $5, checked_at = $6, lost = $7
		WHERE profile = $1 AND install = $2`, l.profile, c.Install, c.Enabled, c.Health, c.Detail, orNull(c.CheckedAt), c.Lost)
	if err == nil && done.RowsAffected() == 0 {
		err = ErrNotFound
	}
	return l.fault("write", "the connection of "+c.Install, err)
}
