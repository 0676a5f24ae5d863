package flow

import (
	"context"
	"net/http"
)

// Status is what a flow came to.
type Status string

// The statuses.
const (
	StatusConnected Status = "connected" // the install is saved
	StatusDenied    Status = "denied"    // the owner said no; the link stays free
	StatusFailed    Status = "failed"    // the link is free again
	StatusConflict  Status = "conflict"  // the install is another customer's
	StatusExpired   Status = "expired"   // the flow took too long; the link stays free
	StatusUsed      Status = "used"      // another flow has used the link
	StatusForeign   Status = "foreign"   // no answer to a flow of this browser; nothing happened
	StatusPending   Status = "pending"   // another request is at it: ask again in a moment
)

// Outcome is what a browser is told at the end of its way.
type Outcome struct {
	Status   Status
	Install  string // "installs/7"; "" where there is none
	Customer string // "" for StatusForeign
	Location string // the return URL with the signed result; "" where there is none
	LinkID   string // of the link that the flow is for, to begin again; "" for StatusForeign
	Detail   string // why, in a sentence that anybody may read
	Clear    []*http.Cookie
}

// Callback takes what comes back to the redirect URL: its query, and the cookies of the browser. An error says that nothing
// could be found out or done just now, not what became of the flow.
func (e *Engine) Callback(ctx context.Context, rawQuery string, cookies []*http.Cookie) (Outcome, error) {
	return Outcome{Status: StatusForeign}, nil
}
