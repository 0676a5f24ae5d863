package flow

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/segctl/segctl/internal/authorize"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// stateless is about an answer without a state. It is none to a flow, and yet a server sends what it refuses at once like
// that. With exactly one flow of this browser under way, the server is asked itself, as package authorize tells.
func (e *Engine) stateless(ctx context.Context, rawQuery string, cookies []*http.Cookie) (Outcome, error) {
	w := e.world()
	b, err := binding(w)
	if err != nil {
		return Outcome{}, err
	}
	app := e.app(w, b)
	if _, err := app.Callback(authorize.Request{}, rawQuery); !errors.Is(err, authorize.StrayUnproven) {
		return foreign(), nil
	}
	f, id, err := e.onlyFlow(ctx, cookies)
	if err != nil || id == "" || !sameApp(f, b) {
		return foreign(), err
	}
	// The state of the flow is not kept, and need not be: what a server refuses at once does not depend on it.
	request, err := app.Begin()
	if err != nil {
		return Outcome{}, err
	}
	err = app.Ask(ctx, request)
	refused, ok := errors.AsType[*authorize.Error](err)
	if !ok || refused.Code == "" {
		return foreign(), nil
	}
	e.log.ErrorContext(ctx, "authorization refused at once", "flow", shortOf(f.Hash, 8), "customer", f.Link.Customer, said(w, err))
	status, detail := refusal(err)
	f.Status, f.Detail = string(status), detail
	return e.outcome(f, id) // not ended: nothing has come back to this very flow
}

// onlyFlow returns the one flow of a browser that is under way, and the id of its link; "" where there is none, or several.
func (e *Engine) onlyFlow(ctx context.Context, cookies []*http.Cookie) (f ledger.Flow, id string, err error) {
	looked := 0
	for _, c := range cookies {
		link, ok := linkIn(c.Value)
		if !ok || !strings.HasPrefix(c.Name, cookiePrefix) {
			continue
		}
		if looked++; looked > maxFlows {
			return ledger.Flow{}, "", nil
		}
		found, err := e.ledger.FlowOfBrowser(ctx, ledger.Hash(c.Value))
		if errors.Is(err, ledger.ErrNotFound) {
			continue
		}
		if err != nil {
			return ledger.Flow{}, "", err
		}
		if c.Name != cookieName(found.Hash) || found.Status != "" || !found.ClaimedAt.IsZero() || !e.now().Before(found.ExpiresAt) {
			continue
		}
		if id != "" {
			return ledger.Flow{}, "", nil
		}
		f, id = found, link
	}
	return f, id, nil
}
