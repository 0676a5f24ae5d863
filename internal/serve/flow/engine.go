package flow

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/authorize"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/serve/ledger"
	"github.com/segctl/segctl/internal/wire"
)

// CallbackPath is the path of the redirect URL, below the public URL. It is the guide's own.
const CallbackPath = "/auth/segment/callback"

// connectPath is the path of a link, before its id.
const connectPath = "/connect/"

// Outbox is told, inside the transaction that makes it true, what is to be done once that is committed.
type Outbox interface {
	// Emit keeps an event, and has its webhook sent.
	Emit(ctx context.Context, tx pgx.Tx, e ledger.Event) error
	// Connected has the destination of an install enabled, and the install cared for from then on.
	Connected(ctx context.Context, tx pgx.Tx, install string) error
	// Resume has [Engine.Resume] called for a flow after a while, and again until it returns no error.
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

	// Sign signs a result by Standard Webhooks. nil: results are not signed, and nobody should believe them.
	Sign func(id string, t time.Time, payload []byte) (string, error)

	Log *slog.Logger // nil logs nothing
	Now func() time.Time
}

// Engine runs flows. It is safe for concurrent use, and any number of them may share a database.
type Engine struct {
	world   func() *account.World
	store   *postgres.Store
	ledger  *ledger.Ledger
	outbox  Outbox
	public  wire.Origin
	returns []place
	sign    func(id string, t time.Time, payload []byte) (string, error)
	log     *slog.Logger
	now     func() time.Time
}

// New returns an engine. The errors are *wire.OriginError for the public URL and *RequestError for a return URL.
func New(o Options) (*Engine, error) {
	e := &Engine{world: o.World, store: o.Store, ledger: o.Ledger, outbox: o.Outbox, sign: o.Sign, log: o.Log, now: o.Now}
	var err error
	if e.public, err = wire.ParseOrigin(o.PublicURL); err != nil {
		return nil, err
	}
	for _, raw := range o.ReturnURLs {
		allowed, err := parsePlace(raw)
		if err != nil {
			return nil, &RequestError{Field: "return_urls", Problem: err.Error()}
		}
		e.returns = append(e.returns, allowed)
	}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	if e.now == nil {
		e.now = time.Now
	}
	return e, nil
}

// binding returns the App of the settings. Without a scope, an owner would be asked for nothing: that is a
// *account.CredentialsError as well.
func binding(w *account.World) (install.Binding, error) {
	b, err := w.Binding()
	if err == nil && b.Scope == "" {
		err = &account.CredentialsError{Missing: []string{config.Scope}}
	}
	return b, err
}

// exchangeTimeout bounds the exchange of a code. The lease of whoever is at a flow has to be longer.
const exchangeTimeout = 30 * time.Second

// app is the App that an owner is asked to consent to. It has no secret yet: that is only for the exchange.
func (e *Engine) app(w *account.World, b install.Binding) *authorize.App {
	timeout := exchangeTimeout
	if w.Timeout > 0 {
		timeout = min(timeout, w.Timeout)
	}
	return &authorize.App{
		ClientID: b.ClientID, ID: b.Issuer, RedirectURL: string(e.public) + CallbackPath, Scope: b.Scope,
		Transport: w.Transport, Timeout: timeout, UserAgent: w.UserAgent, Redactor: w.Redactor,
	}
}

// said is an error as an attribute of a log, without the secrets that are known.
func said(w *account.World, err error) slog.Attr {
	return slog.String("error", w.Redactor.Redact(err.Error()))
}
