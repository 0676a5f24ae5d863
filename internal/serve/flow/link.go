package flow

import (
	"context"
	"encoding/json"
	"time"

	"github.com/segctl/segctl/internal/serve/ledger"
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

// Created is a link that was made. Its id opens it, and cannot be read again.
type Created struct {
	ID, URL   string
	ExpiresAt time.Time
}

// NewLink makes a link for a customer. The error is a *RequestError where the request cannot be met, and those of
// [account.World.Binding].
func (e *Engine) NewLink(ctx context.Context, r LinkRequest) (Created, error) { return Created{}, nil }

// Reconnect makes a link that is to bring back an install which is connected already. Customer, destination and settings
// are those that it has; others than these may be given but for the customer. The error wraps [ledger.ErrNotFound] where
// the install is not connected, and is else as for NewLink.
func (e *Engine) Reconnect(ctx context.Context, install string, r LinkRequest) (Created, error) {
	return Created{}, nil
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
	Connection  *ledger.Connection // what came of a used link, without its settings; nil where it is not known
}

// Look returns what there is to say of the link with an id. Nothing changes.
func (e *Engine) Look(ctx context.Context, id string) (View, error) { return View{State: Unknown}, nil }
