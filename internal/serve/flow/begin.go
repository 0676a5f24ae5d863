package flow

import (
	"context"
	"net/http"
)

// Begun is a flow that a browser is to enter.
type Begun struct {
	URL    string       // the authorization server, where the browser is sent with a 303
	Cookie *http.Cookie // ties the answer to this browser
}

// Begin begins a flow for the link with an id. The link stays free until the owner's answer. The error is a *LinkError where
// the link cannot be used.
func (e *Engine) Begin(ctx context.Context, id string) (Begun, error) { return Begun{}, nil }
