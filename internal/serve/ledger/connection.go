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

// Connection is what an install is connected for, and how its destination is.
type Connection struct {
	Install   string // "installs/7"
	Customer  string
	Wanted    Wanted
	Enabled   bool // it was enabled once
	Health    destination.Health
	Detail    string    // what is behind the health, in words
	CheckedAt time.Time // zero before the first check
	CreatedAt time.Time
	Lost      bool // the owner uninstalled the App, and was not back yet
}

// Connection returns the connection of an install with its settings. With lock, its row is locked until the transaction
// that db is ends. The error wraps ErrNotFound where there is none.
func (l *Ledger) Connection(ctx context.Context, db DB, install string, lock bool) (Connection, error) {
	return Connection{}, ErrNotFound
}

// Connections returns up to limit connections that follow an install by its name, without their settings.
func (l *Ledger) Connections(ctx context.Context, after string, limit int) ([]Connection, error) {
	return nil, nil
}

// SaveConnection keeps a connection, in place of the one of its install.
func (l *Ledger) SaveConnection(ctx context.Context, tx pgx.Tx, c Connection) error { return nil }
