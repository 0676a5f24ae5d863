package ledger

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/segctl/segctl/internal/destination"
)

// Link is a link that was handed out, of whose id only the hash is kept.
type Link struct {
	Hash                         []byte // SHA-256 of the id
	Customer, Label              string
	Wanted                       Wanted
	ReturnURL                    string    // "" is none
	Install                      string    // the install that it reconnects; "" is none
	CreatedAt, ExpiresAt, UsedAt time.Time // UsedAt is zero while it is free

	Flow      []byte // the flow that has used it, by its hash; nil while it is free
	Connected string // the install that came of it; "" while there is none

	sealed []byte
	opened bool
}

// String names the link by its hash: a message gives no setting away.
func (k Link) String() string { return "link " + named(k.Hash) }

// GoString is String.
func (k Link) GoString() string { return k.String() }

// linkSecret is what is sealed of a link. The return URL is too: who knows what a partner puts into it.
type linkSecret struct {
	Settings  map[string]json.RawMessage `json:"settings,omitempty"`
	ReturnURL string                     `json:"return_url,omitempty"`
}

// linkColumns are those of a table that is called l.
const linkColumns = `l.hash, l.customer, l.label, l.destination, l.secret, l.install, l.created_at, l.expires_at, l.used_at, l.flow, l.connected`

// into returns where linkColumns are read to, and what completes the link then.
func (k *Link) into() (columns []any, done func()) {
	var used *time.Time
	return []any{
		&k.Hash, &k.Customer, &k.Label, &k.Wanted.Destination, &k.sealed, &k.Install, &k.CreatedAt, &k.ExpiresAt, &used, &k.Flow, &k.Connected,
	}, func() { k.UsedAt = orZero(used) }
}

// AddLink keeps a new link.
func (l *Ledger) AddLink(ctx context.Context, k Link) error {
	pool, err := l.Pool(ctx)
	if err != nil {
		return err
	}
	var sealed []byte
	var by *string
	if len(k.Wanted.Settings) > 0 || k.ReturnURL != "" {
		if sealed, by, err = l.seal("links", named(k.Hash), linkSecret{k.Wanted.Settings, k.ReturnURL}); err != nil {
			return l.fault("write", "a link", err)
		}
	}
	_, err = pool.Exec(ctx, `INSERT INTO segctl_links (profile, hash, customer, label, destination, secret, seal, install, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		l.profile, k.Hash, k.Customer, k.Label, k.Wanted.Destination, sealed, by, k.Install, k.CreatedAt, k.ExpiresAt)
	return l.fault("write", "a link", err)
}

// Link returns the link with that hash, its settings and return URL still sealed, and the connection that came of it, nil
// where there is none, without its settings. The error wraps ErrNotFound.
func (l *Ledger) Link(ctx context.Context, hash []byte) (Link, *Connection, error) {
	pool, err := l.Pool(ctx)
	if err != nil {
		return Link{}, nil, err
	}
	var k Link
	columns, done := k.into()
	var c struct {
		install, customer, destination, health, detail *string
		enabled, lost                                  *bool
		checked, created                               *time.Time
	}
	err = pool.QueryRow(ctx, `SELECT `+linkColumns+`,
			c.install, c.customer, c.destination, c.enabled, c.health, c.detail, c.checked_at, c.created_at, c.lost
		FROM segctl_links l LEFT JOIN segctl_connections c ON c.profile = l.profile AND c.install = l.connected
		WHERE l.profile = $1 AND l.hash = $2`, l.profile, hash).Scan(append(columns,
		&c.install, &c.customer, &c.destination, &c.enabled, &c.health, &c.detail, &c.checked, &c.created, &c.lost)...)
	if err != nil {
		return Link{}, nil, l.fault("read", "a link", err)
	}
	done()
	if c.install == nil {
		return k, nil, nil
	}
	return k, &Connection{
		Install: *c.install, Customer: *c.customer, Wanted: Wanted{Destination: *c.destination}, Enabled: *c.enabled,
		Health: destination.Health(*c.health), Detail: *c.detail, CheckedAt: orZero(c.checked), CreatedAt: *c.created, Lost: *c.lost,
	}, nil
}

// Unseal opens what is sealed of a link: its settings, and its return URL.
func (l *Ledger) Unseal(k *Link) error {
	if k.opened {
		return nil
	}
	var s linkSecret
	if err := l.open("links", named(k.Hash), k.sealed, &s); err != nil {
		return l.fault("read", "a link", err)
	}
	k.Wanted.Settings, k.ReturnURL, k.opened = s.Settings, s.ReturnURL, true
	return nil
}

// UseLink says that a link is used up by a flow, and which install came of it, also where that flow had given it up before.
// A link that another flow has used since stays that one's.
func (l *Ledger) UseLink(ctx context.Context, tx pgx.Tx, hash, flow []byte, connected string) error {
	_, err := tx.Exec(ctx, `UPDATE segctl_links SET used_at = coalesce(used_at, $5), flow = $3, connected = $4
		WHERE profile = $1 AND hash = $2 AND (flow IS NULL OR flow = $3)`, l.profile, hash, flow, connected, l.now())
	return l.fault("write", "a link", err)
}
