package flow

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// CallbackPath is the path of the redirect URL, below the public URL. It is the guide's own.
const CallbackPath = "/auth/segment/callback"

// Outbox is told, inside the transaction that makes it true, what is to be done once that is committed.
type Outbox interface {
	// Emit keeps an event, and has its webhook sent.
	Emit(ctx context.Context, tx pgx.Tx, e ledger.Event) error
	// Connected has the destination of an install enabled, and the install cared for from then on.
	Connected(ctx context.Context, tx pgx.Tx, install string) error
	// Resume has [Engine.Resume] called for a flow after a while, until it returns no error.
	Resume(ctx context.Context, tx pgx.Tx, flow []byte, after time.Duration) error
}

// Options are what an engine works with.
type Options struct {
	World      func() *account.World // of the settings as they are now
	Store      *postgres.Store
	Ledger     *ledger.Ledger
	Outbox     Outbox   // nil is enough for links alone
	PublicURL  string   // scheme, host and port that browsers reach the service at
	ReturnURLs []string // where a browser may be sent in the end: same origin, and the path or below
	// Sign signs a result by Standard Webhooks. nil: results are not signed.
	Sign func(id string, t time.Time, payload []byte) (string, error)
	Log  *slog.Logger // nil logs nothing
	Now  func() time.Time
}

// Engine runs flows. It is safe for concurrent use, and any number of them may share a database.
type Engine struct {
	Options
}

// New returns an engine. The errors are *wire.OriginError for the public URL and *RequestError for a return URL.
func New(o Options) (*Engine, error) { return &Engine{Options: o}, nil }
