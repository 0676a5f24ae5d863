package flow

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/serve/ledger"
	"github.com/segctl/segctl/internal/wire"
)

// LinkRequest is what a link is to be for.
type LinkRequest struct {
	Customer    string                     // the partner's own name for the customer
	Label       string                     // of the install; "": the customer, where that can be one
	Destination string                     // a slug; "" is the one that the App's scope names
	Settings    map[string]json.RawMessage // of the destination, as JSON
	ReturnURL   string                     // where the browser ends; "": on a page of the service
	TTL         time.Duration              // 0: 24 hours; at most 7 days
}

// String names the customer: a message gives no setting away.
func (r LinkRequest) String() string { return "link for " + r.Customer }

// GoString is String.
func (r LinkRequest) GoString() string { return r.String() }

// Created is a link that was made. Its id opens it, and cannot be read again.
type Created struct {
	ID, URL   string
	ExpiresAt time.Time
}

// NewLink makes a link for a customer. The error is a *RequestError where the request cannot be met, and those of
// [account.World.Binding] and of the ledger.
func (e *Engine) NewLink(ctx context.Context, r LinkRequest) (Created, error) {
	w := e.world()
	b, err := binding(w)
	if err != nil {
		return Created{}, err
	}
	link, err := e.link(r, b.Scope)
	if err != nil {
		return Created{}, err
	}
	return e.handOut(ctx, w, link, r.TTL)
}

// Reconnect makes a link that is to bring back an install which is connected already. Its customer stays; destination,
// settings and label are those that it has, unless others are given. The error wraps [ledger.ErrNotFound] where the install
// is not connected, and is else as that of NewLink.
func (e *Engine) Reconnect(ctx context.Context, install string, r LinkRequest) (Created, error) {
	name, err := wire.ParseInstallName(install)
	if err != nil {
		return Created{}, fmt.Errorf("%w: %w", ledger.ErrNotFound, err)
	}
	w := e.world()
	b, err := binding(w)
	if err != nil {
		return Created{}, err
	}
	pool, err := e.ledger.Pool(ctx)
	if err != nil {
		return Created{}, err
	}
	old, err := e.ledger.Connection(ctx, pool, name, false)
	if err != nil {
		return Created{}, err
	}
	if r.Customer != "" && r.Customer != old.Customer {
		return Created{}, &RequestError{"customer", "is not the one that " + name + " is connected for"}
	}
	r.Customer, r.Destination = old.Customer, cmp.Or(r.Destination, old.Wanted.Destination)
	if r.Settings == nil && r.Destination == old.Wanted.Destination {
		r.Settings = old.Wanted.Settings
	}
	link, err := e.link(r, b.Scope)
	if err != nil {
		return Created{}, err
	}
	link.Install = name
	return e.handOut(ctx, w, link, r.TTL)
}

// handOut keeps a link, and returns its id, which is nowhere else.
func (e *Engine) handOut(ctx context.Context, w *account.World, link ledger.Link, ttl time.Duration) (Created, error) {
	id := ledger.NewSecret()
	w.Redactor.Learn(id)
	learnSettings(w, link.Wanted.Settings)
	link.Hash = ledger.Hash(id)
	link.CreatedAt = e.now()
	link.ExpiresAt = link.CreatedAt.Add(cmp.Or(ttl, defaultTTL))
	if err := e.ledger.AddLink(ctx, link); err != nil {
		return Created{}, err
	}
	e.log.InfoContext(ctx, "link made", "link", shortOf(link.Hash, 8), "customer", link.Customer, "reconnects", link.Install)
	return Created{ID: id, URL: string(e.public) + connectPath + id, ExpiresAt: link.ExpiresAt}, nil
}

// State says whether a link can be used.
type State string

// The states of a link.
const (
	Open    State = "open"
	Used    State = "used"
	Expired State = "expired"
	Unknown State = "unknown" // never handed out, or gone long since
)

// View is what the page of a link shows.
type View struct {
	State       State
	Customer    string
	Destination string             // a slug
	ExpiresAt   time.Time          // zero for Unknown
	Connection  *ledger.Connection // what came of a used link, without its settings; nil where nothing has yet
}

// Look returns what there is to say of the link with an id. Nothing changes.
func (e *Engine) Look(ctx context.Context, id string) (View, error) {
	if !isSecret(id) {
		return View{State: Unknown}, nil
	}
	link, connection, err := e.ledger.Link(ctx, ledger.Hash(id))
	if errors.Is(err, ledger.ErrNotFound) {
		return View{State: Unknown}, nil
	}
	if err != nil {
		return View{}, err
	}
	e.world().Redactor.Learn(id)
	v := View{State: Open, Customer: link.Customer, Destination: link.Wanted.Destination, ExpiresAt: link.ExpiresAt, Connection: connection}
	switch {
	case !link.UsedAt.IsZero():
		v.State = Used
	case !e.now().Before(link.ExpiresAt):
		v.State = Expired
	}
	return v, nil
}

// isSecret reports whether a text may be one that [ledger.NewSecret] made: nothing else is worth a query.
func isSecret(text string) bool {
	random, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return err == nil && len(random) == 32
}
