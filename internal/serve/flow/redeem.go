package flow

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/authorize"
	"github.com/segctl/segctl/internal/serve/ledger"
	"github.com/segctl/segctl/internal/wire"
)

const (
	// lease is how long a flow is left to whoever is at it. It is longer than an exchange, and shorter than safetyNet.
	lease = 45 * time.Second
	// safetyNet is after which time a flow is resumed that nobody has finished.
	safetyNet = time.Minute
	// codeTTL is after which time a code cannot be alive any more: an authorization server lets it live for ten minutes at most
	// (RFC 6749 §4.1.2).
	codeTTL = 15 * time.Minute
)

// errOtherApp says that the service was set up for another App, or server, since a flow began.
var errOtherApp = errors.New("the flow was begun for another App than the one of the settings")

// errRollback ends a transaction that changed nothing worth keeping.
var errRollback = errors.New("nothing to keep")

// attempt is a flow in the hands of a holder.
type attempt struct {
	flow   ledger.Flow // unsealed
	holder string
	again  bool // somebody may have redeemed the code before
}

// claim makes the flow and its link those of this request, keeps the code, and sees to it that somebody finishes the flow in
// any case. Only then is the code redeemed.
func (e *Engine) claim(ctx context.Context, w *account.World, f ledger.Flow, v visit) (Outcome, error) {
	a := attempt{flow: f, holder: ledger.NewSecret()}
	claimed, err := e.claimTx(ctx, a)
	if err != nil {
		return Outcome{}, err
	}
	if claimed {
		// The browser may go away from here on, and the owner has consented all the same.
		return e.redeem(context.WithoutCancel(ctx), w, a, v.id)
	}
	if f, err = e.ledger.Flow(ctx, f.Hash); err != nil {
		return Outcome{}, err
	}
	switch {
	case f.Status != "":
		return e.outcome(f, v.id)
	case !f.ClaimedAt.IsZero() || f.Link.Flow == nil: // or the link is free again just now
		return passing(StatusPending, f, v.id), nil
	}
	return e.taken(ctx, f, v.id)
}

func (e *Engine) claimTx(ctx context.Context, a attempt) (claimed bool, err error) {
	err = e.ledger.Tx(ctx, func(tx pgx.Tx) error {
		claimed, err = e.ledger.Claim(ctx, tx, a.flow, a.holder, lease)
		if err != nil {
			return err
		}
		if !claimed {
			return errRollback
		}
		return e.store.Fault("write", "a job", e.outbox.Resume(ctx, tx, a.flow.Hash, safetyNet))
	})
	if errors.Is(err, errRollback) {
		return false, nil
	}
	return claimed && err == nil, err
}

// takeOver makes a flow that was left by its holder this one's.
func (e *Engine) takeOver(ctx context.Context, f ledger.Flow) (holder string, ok bool, err error) {
	holder = ledger.NewSecret()
	ok, err = e.ledger.TakeOver(ctx, f.Hash, holder, lease)
	return holder, ok, err
}

// redeem exchanges the code, once, and saves what comes of it.
func (e *Engine) redeem(ctx context.Context, w *account.World, a attempt, id string) (Outcome, error) {
	grant, app, err := e.exchange(ctx, w, a.flow)
	if err == nil {
		return e.save(ctx, w, a, granted{grant, app}, id)
	}
	log := e.log.With("flow", shortOf(a.flow.Hash, 8), "customer", a.flow.Link.Customer)
	what := judge(err, a.again)
	if what == open && e.now().Sub(a.flow.ClaimedAt) > codeTTL && !a.flow.ClaimedAt.IsZero() {
		what = gone
	}
	switch what {
	case unused:
		log.ErrorContext(ctx, "code not redeemed", said(w, err))
		status, detail := refusal(err)
		return e.end(ctx, a, status, detail, id, nil)
	case gone:
		log.ErrorContext(ctx, "install granted and lost: the link is free again, and connects it once more", said(w, err),
			"reconnects", a.flow.Link.Install)
		return e.end(ctx, a, StatusFailed, detailLost, id, &ledger.Event{Type: ledger.InstallLost, Data: ledger.EventData{
			Install: a.flow.Link.Install, Customer: a.flow.Link.Customer, Detail: detailLost,
		}})
	case open:
	}
	log.WarnContext(ctx, "code perhaps not redeemed: asked again", said(w, err))
	// Whoever comes next need not wait for the lease to end.
	if _, err := e.ledger.Extend(ctx, a.flow.Hash, a.holder, 0); err != nil {
		log.WarnContext(ctx, "flow not let go of", said(w, err))
	}
	return passing(StatusPending, a.flow, id), nil
}

// exchange redeems the code of a flow at the server that it came from.
func (e *Engine) exchange(ctx context.Context, w *account.World, f ledger.Flow) (wire.Grant, account.Credentials, error) {
	b, err := w.Binding()
	if err != nil {
		return wire.Grant{}, account.Credentials{}, err
	}
	if !sameApp(f, b) {
		return wire.Grant{}, account.Credentials{}, errOtherApp
	}
	credentials, err := w.Credentials(ctx)
	if err != nil {
		return wire.Grant{}, account.Credentials{}, err
	}
	b.Scope = f.Scope // that was asked for
	app := e.app(w, b)
	app.ClientSecret = credentials.Secret
	grant, err := app.Exchange(ctx, authorize.Request{Verifier: f.Verifier}, f.Code)
	return grant, credentials, err
}

// end ends a flow that nothing was saved of. Its link is free again.
func (e *Engine) end(ctx context.Context, a attempt, status Status, detail, id string, lost *ledger.Event) (Outcome, error) {
	f := a.flow
	f.Status, f.Detail = string(status), detail
	ended := false
	err := e.ledger.Tx(ctx, func(tx pgx.Tx) (err error) {
		if ended, err = e.ledger.End(ctx, tx, f, a.holder, true); err != nil || !ended {
			return err
		}
		if lost == nil {
			return nil
		}
		lost.Time = e.now()
		return e.outbox.Emit(ctx, tx, *lost)
	})
	switch {
	case err != nil:
		return Outcome{}, err
	case !ended: // taken over by somebody
		return passing(StatusPending, f, id), nil
	}
	return e.outcome(f, id)
}
