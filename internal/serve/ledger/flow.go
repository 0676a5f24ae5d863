package ledger

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/segctl/segctl/internal/wire"
)

// Flow is one browser's way through the consent, of whose state only the hash is kept.
type Flow struct {
	Hash    []byte // SHA-256 of the state
	Link    Link   // still sealed; of a new flow, its hash alone
	Browser []byte // SHA-256 of what the browser's cookie holds

	// The App that the owner is asked to consent to, and where.
	ClientID string
	Issuer   wire.Origin
	Scope    wire.Scope

	Verifier, Code string // secrets, kept sealed until the flow has ended

	CreatedAt, ExpiresAt time.Time
	ClaimedAt            time.Time // when the code came; zero until then
	Leased               bool      // somebody is at it just now

	Status          string // what it came to; "" until it has ended
	Install, Detail string
	EndedAt         time.Time

	sealed []byte
}

// String names the flow by its hash: a message gives no verifier and no code away.
func (f Flow) String() string { return "flow " + named(f.Hash) }

// GoString is String.
func (f Flow) GoString() string { return f.String() }

// flowSecret is what is sealed of a flow.
type flowSecret struct {
	Verifier string `json:"verifier"`
	Code     string `json:"code,omitempty"`
}

// flowColumns are those of a table that is called f.
const flowColumns = `f.hash, f.browser, f.client_id, f.issuer, f.scope, f.secret, f.created_at, f.expires_at, f.claimed_at,
	coalesce(f.lease_until > clock_timestamp(), false), f.status, f.install, f.detail, f.ended_at`

func (f *Flow) into() (columns []any, done func()) {
	link, linkDone := f.Link.into()
	var claimed, ended *time.Time
	return append([]any{
			&f.Hash, &f.Browser, &f.ClientID, &f.Issuer, &f.Scope, &f.sealed, &f.CreatedAt, &f.ExpiresAt, &claimed,
			&f.Leased, &f.Status, &f.Install, &f.Detail, &ended,
		}, link...), func() {
			f.ClaimedAt, f.EndedAt = orZero(claimed), orZero(ended)
			linkDone()
		}
}

// AddFlow keeps a new flow, for a link that is neither used nor expired. The error wraps ErrNotFound where there is none.
func (l *Ledger) AddFlow(ctx context.Context, f Flow) error {
	pool, err := l.Pool(ctx)
	if err != nil {
		return err
	}
	sealed, by, err := l.seal("flows", named(f.Hash), flowSecret{Verifier: f.Verifier})
	if err != nil {
		return l.fault("write", "a flow", err)
	}
	done, err := pool.Exec(ctx, `INSERT INTO segctl_flows (profile, hash, link, browser, client_id, issuer, scope, secret, seal, created_at, expires_at)
		SELECT $1, $3, hash, $4, $5, $6, $7, $8, $9, $10, $11 FROM segctl_links
		WHERE profile = $1 AND hash = $2 AND used_at IS NULL AND expires_at > $10`,
		l.profile, f.Link.Hash, f.Hash, f.Browser, f.ClientID, f.Issuer, f.Scope, sealed, by, f.CreatedAt, f.ExpiresAt)
	if err == nil && done.RowsAffected() == 0 {
		return ErrNotFound
	}
	return l.fault("write", "a flow", err)
}

// Flow returns the flow with the hash of a state, its verifier and code still sealed. The error wraps ErrNotFound.
func (l *Ledger) Flow(ctx context.Context, hash []byte) (Flow, error) {
	return l.flow(ctx, "hash", hash)
}

// FlowOfBrowser returns the flow with the hash of what a browser's cookie holds.
func (l *Ledger) FlowOfBrowser(ctx context.Context, browser []byte) (Flow, error) {
	return l.flow(ctx, "browser", browser)
}

func (l *Ledger) flow(ctx context.Context, column string, hash []byte) (Flow, error) {
	pool, err := l.Pool(ctx)
	if err != nil {
		return Flow{}, err
	}
	var f Flow
	columns, done := f.into()
	err = pool.QueryRow(ctx, `SELECT `+flowColumns+`, `+linkColumns+` FROM segctl_flows f
		JOIN segctl_links l ON l.profile = f.profile AND l.hash = f.link
		WHERE f.profile = $1 AND f.`+column+` = $2`, l.profile, hash).Scan(columns...)
	if err != nil {
		return Flow{}, l.fault("read", "a flow", err)
	}
	done()
	return f, nil
}

// UnsealFlow opens what is sealed of a flow: its verifier, and its code where it has come. A flow that has ended has neither.
func (l *Ledger) UnsealFlow(f *Flow) error {
	var s flowSecret
	if err := l.open("flows", named(f.Hash), f.sealed, &s); err != nil {
		return l.fault("read", "a flow", err)
	}
	f.Verifier, f.Code = s.Verifier, s.Code
	return nil
}

// Claim makes a flow and its link those of a holder, and keeps the code that has come, unless the flow was claimed before or
// has ended, or the link was used by another one. Nothing is changed where it returns false, once the transaction is rolled
// back.
func (l *Ledger) Claim(ctx context.Context, tx pgx.Tx, f Flow, holder string, lease time.Duration) (bool, error) {
	sealed, by, err := l.seal("flows", named(f.Hash), flowSecret{f.Verifier, f.Code})
	if err != nil {
		return false, l.fault("write", "a flow", err)
	}
	var claimed bool
	err = tx.QueryRow(ctx, `WITH f AS (
			UPDATE segctl_flows SET secret = $3, seal = $4, claimed_at = $5, holder = $6, lease_until = clock_timestamp() + $7
			WHERE profile = $1 AND hash = $2 AND claimed_at IS NULL AND status = '' RETURNING link
		), l AS (
			UPDATE segctl_links SET used_at = $5, flow = $2 FROM f
			WHERE segctl_links.profile = $1 AND segctl_links.hash = f.link AND used_at IS NULL RETURNING 1
		) SELECT EXISTS (SELECT FROM l)`, l.profile, f.Hash, sealed, by, l.now(), holder, lease).Scan(&claimed)
	return claimed, l.fault("write", "a flow", err)
}

// TakeOver makes a claimed flow that has not ended another holder's, unless somebody is at it.
func (l *Ledger) TakeOver(ctx context.Context, hash []byte, holder string, lease time.Duration) (bool, error) {
	return l.leaseUntil(ctx, `holder = $3, lease_until = clock_timestamp() + $4`, `lease_until <= clock_timestamp()`, hash, holder, lease)
}

// Extend makes a holder's lease last from now on; 0 ends it. It returns false where the flow has ended, or is another
// holder's by now.
func (l *Ledger) Extend(ctx context.Context, hash []byte, holder string, lease time.Duration) (bool, error) {
	return l.leaseUntil(ctx, `lease_until = clock_timestamp() + $4`, `holder = $3`, hash, holder, lease)
}

func (l *Ledger) leaseUntil(ctx context.Context, set, where string, hash []byte, holder string, lease time.Duration) (bool, error) {
	pool, err := l.Pool(ctx)
	if err != nil {
		return false, err
	}
	done, err := pool.Exec(ctx, `UPDATE segctl_flows SET `+set+`
		WHERE profile = $1 AND hash = $2 AND claimed_at IS NOT NULL AND status = '' AND `+where, l.profile, hash, holder, lease)
	return done.RowsAffected() > 0, l.fault("write", "a flow", err)
}

// End says what a flow came to, and forgets its secrets. With a holder, it has to be that one's; without, nobody may have
// claimed it. With free, the link can be used again. It returns false where the flow is not as it has to be, or has ended
// before.
func (l *Ledger) End(ctx context.Context, db DB, f Flow, holder string, free bool) (bool, error) {
	var ended bool
	err := db.QueryRow(ctx, `WITH f AS (
			UPDATE segctl_flows SET status = $4, install = $5, detail = $6, ended_at = $7, secret = NULL, seal = NULL, lease_until = NULL
			WHERE profile = $1 AND hash = $2 AND status = '' AND holder = $3 AND (holder <> '' OR claimed_at IS NULL) RETURNING link
		), l AS (
			UPDATE segctl_links SET used_at = NULL, flow = NULL FROM f
			WHERE $8 AND segctl_links.profile = $1 AND segctl_links.hash = f.link AND segctl_links.flow = $2
		) SELECT EXISTS (SELECT FROM f)`, l.profile, f.Hash, holder, f.Status, f.Install, f.Detail, l.now(), free).Scan(&ended)
	return ended, l.fault("write", "a flow", err)
}

// EndLate says what a flow came to whose code was redeemed, whoever holds it, and even where it had been given up.
func (l *Ledger) EndLate(ctx context.Context, tx pgx.Tx, f Flow) error {
	_, err := tx.Exec(ctx, `UPDATE segctl_flows SET status = $3, install = $4, detail = $5, ended_at = $6, secret = NULL, seal = NULL, lease_until = NULL
		WHERE profile = $1 AND hash = $2`, l.profile, f.Hash, f.Status, f.Install, f.Detail, l.now())
	return l.fault("write", "a flow", err)
}
