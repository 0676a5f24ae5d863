package flow

import (
	"net/http"

	"github.com/segctl/segctl/internal/serve/ledger"
)

// Status is what a flow came to.
type Status string

// The statuses.
const (
	StatusConnected Status = "connected" // the install is saved
	StatusDenied    Status = "denied"    // the owner said no; the link stays free
	StatusFailed    Status = "failed"    // the link is free again
	StatusConflict  Status = "conflict"  // the install is another customer's; the link is free again
	StatusExpired   Status = "expired"   // the flow took too long; the link stays free
	StatusUsed      Status = "used"      // another flow has used the link
	StatusForeign   Status = "foreign"   // no answer to a flow of this browser; nothing happened
	StatusPending   Status = "pending"   // another request is at it, or Segment has to be asked again: ask in a moment
)

// Outcome is what a browser is told at the end of its way.
type Outcome struct {
	Status   Status
	Install  string         // "installs/7"; "" where there is none
	Customer string         // that the link is for; "" for StatusForeign
	Location string         // the return URL with the signed result; "" where there is none
	LinkID   string         // of the link that the flow is for, to begin again; "" for StatusForeign
	Detail   string         // why, in a sentence that anybody may read; "" where the status says it all
	Clear    []*http.Cookie // to be set, so that cookies go which are of no use any more
}

// foreign is the outcome of a request that nothing is known of.
func foreign() Outcome { return Outcome{Status: StatusForeign} }

// passing is an outcome that is not the end of a flow, or not the one that it came to.
func passing(status Status, f ledger.Flow, id string) Outcome {
	o := Outcome{Status: status, Customer: f.Link.Customer, LinkID: id}
	if status == StatusExpired {
		o.Clear = []*http.Cookie{cleared(f.Hash)}
	}
	return o
}

// outcome is what a flow has come to. It is the same however often it is asked for.
func (e *Engine) outcome(f ledger.Flow, id string) (Outcome, error) {
	o := Outcome{Status: Status(f.Status), Install: f.Install, Customer: f.Link.Customer, LinkID: id, Detail: f.Detail}
	if err := e.ledger.Unseal(&f.Link); err != nil {
		return Outcome{}, err
	}
	var err error
	o.Location, err = e.location(f, o)
	return o, err
}
