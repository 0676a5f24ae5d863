package flow

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/authorize"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// errNoOutbox says that an engine was made for links alone.
var errNoOutbox = errors.New("nobody would see to what follows from an install")

// Callback takes what comes back to the redirect URL: its query, and the cookies of the browser. An error says that nothing
// could be found out or done just now, not what became of the flow. The same request may be sent again at any time.
func (e *Engine) Callback(ctx context.Context, rawQuery string, cookies []*http.Cookie) (Outcome, error) {
	if e.outbox == nil {
		return Outcome{}, errNoOutbox
	}
	start := time.Now()
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		o, err := e.callback(ctx, rawQuery, cookies)
		if !isAway(err) || time.Since(start) > awayFor {
			return o, err
		}
		select {
		case <-ctx.Done():
			return o, err
		case <-time.After(pause):
		}
	}
}

// awayFor is how long a database that is being started anew is waited for: the code lives for minutes only, and the owner
// has nothing to do with it.
const awayFor = 15 * time.Second

// isAway reports whether an error says that the database could not be reached.
func isAway(err error) bool {
	e, ok := errors.AsType[*install.StoreError](err)
	return ok && e.Kind == install.Unreachable
}

// callback is one attempt at Callback.
func (e *Engine) callback(ctx context.Context, rawQuery string, cookies []*http.Cookie) (Outcome, error) {
	values, err := url.ParseQuery(rawQuery)
	if err != nil || len(values["state"]) > 1 {
		return foreign(), nil //nolint:nilerr // what cannot be read is no answer
	}
	state := values.Get("state")
	if state == "" {
		return e.stateless(ctx, rawQuery, cookies)
	}
	f, err := e.ledger.Flow(ctx, ledger.Hash(state))
	if errors.Is(err, ledger.ErrNotFound) {
		return foreign(), nil
	}
	if err != nil {
		return Outcome{}, err
	}
	w := e.world()
	w.Redactor.Learn(state, values.Get("code"))
	id, ok := browserOf(f, cookies)
	if !ok {
		e.log.WarnContext(ctx, "callback from another browser than the one that began", "flow", shortOf(f.Hash, 8))
		return foreign(), nil
	}
	w.Redactor.Learn(id)
	return e.answered(ctx, w, visit{f, id, state, rawQuery})
}

// visit is a request to the redirect URL that belongs to a flow of its browser.
type visit struct {
	flow  ledger.Flow
	id    string // of the link
	state string
	query string
}

// browserOf returns the id of the link that the flow of a browser is for, false where the browser has no cookie of the flow,
// or not the right one.
func browserOf(f ledger.Flow, cookies []*http.Cookie) (id string, ok bool) {
	for _, c := range cookies {
		if c.Name != cookieName(f.Hash) || subtle.ConstantTimeCompare(ledger.Hash(c.Value), f.Browser) != 1 {
			continue
		}
		return linkIn(c.Value)
	}
	return "", false
}

// answered is about a visit to a flow, whatever has become of that.
func (e *Engine) answered(ctx context.Context, w *account.World, v visit) (Outcome, error) {
	f := v.flow
	switch {
	case f.Status != "":
		return e.outcome(f, v.id)
	case !f.ClaimedAt.IsZero():
		return e.again(ctx, w, f, v.id)
	case !e.now().Before(f.ExpiresAt):
		return passing(StatusExpired, f, v.id), nil
	}
	if err := e.unseal(w, &f); err != nil {
		return Outcome{}, err
	}
	b, err := binding(w)
	if err != nil {
		return Outcome{}, err
	}
	if !sameApp(f, b) {
		return e.endUnclaimed(ctx, f, v.id, StatusFailed, detailChanged)
	}
	answer, err := e.app(w, b).Callback(authorize.Request{State: v.state, Verifier: f.Verifier}, v.query)
	if stray, ok := errors.AsType[authorize.Stray](err); ok {
		e.log.WarnContext(ctx, "callback left alone", "flow", shortOf(f.Hash, 8), "reason", stray.Error())
		return foreign(), nil
	}
	if err != nil {
		e.log.WarnContext(ctx, "authorization refused", "flow", shortOf(f.Hash, 8), "customer", f.Link.Customer, said(w, err))
		status, detail := refusal(err)
		return e.endUnclaimed(ctx, f, v.id, status, detail)
	}
	if f.Link.Flow != nil {
		return e.taken(ctx, f, v.id)
	}
	f.Code = answer.Code
	return e.claim(ctx, w, f, v)
}

// unseal opens all that is sealed of a flow and its link. It comes before the code is used up: what cannot be opened must
// not cost an install.
func (e *Engine) unseal(w *account.World, f *ledger.Flow) error {
	if err := e.ledger.UnsealFlow(f); err != nil {
		return err
	}
	w.Redactor.Learn(f.Verifier, f.Code)
	if err := e.ledger.Unseal(&f.Link); err != nil {
		return err
	}
	learnSettings(w, f.Link.Wanted.Settings)
	return nil
}

// sameApp reports whether a flow is of the App and the server of the settings: its code must not go to another one.
func sameApp(f ledger.Flow, b install.Binding) bool {
	return f.ClientID == b.ClientID && f.Issuer == b.Issuer
}

// again is about a flow whose code has come before. Whoever was at it may have died.
func (e *Engine) again(ctx context.Context, w *account.World, f ledger.Flow, id string) (Outcome, error) {
	if f.Leased {
		return passing(StatusPending, f, id), nil
	}
	holder, ok, err := e.takeOver(ctx, f)
	if err != nil || !ok {
		return passing(StatusPending, f, id), err
	}
	if err := e.unseal(w, &f); err != nil {
		return Outcome{}, err
	}
	return e.redeem(context.WithoutCancel(ctx), w, attempt{flow: f, holder: holder, again: true}, id)
}

// taken is about a flow whose link another one has used, or is about to use.
func (e *Engine) taken(ctx context.Context, f ledger.Flow, id string) (Outcome, error) {
	other, err := e.ledger.Flow(ctx, f.Link.Flow)
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return passing(StatusUsed, f, id), nil
	case err != nil:
		return Outcome{}, err
	case other.Status == "":
		return passing(StatusPending, f, id), nil
	}
	return passing(StatusUsed, f, id), nil
}

// endUnclaimed ends a flow that no code has come for. Its link stays as it is.
func (e *Engine) endUnclaimed(ctx context.Context, f ledger.Flow, id string, status Status, detail string) (Outcome, error) {
	pool, err := e.ledger.Pool(ctx)
	if err != nil {
		return Outcome{}, err
	}
	f.Status, f.Detail = string(status), detail
	ended, err := e.ledger.End(ctx, pool, f, "", false)
	if err != nil {
		return Outcome{}, err
	}
	if !ended { // another request was quicker
		return passing(StatusPending, f, id), nil
	}
	return e.outcome(f, id)
}
