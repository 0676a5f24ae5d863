package flow

import (
	"context"
	"errors"
	"fmt"

	"github.com/segctl/segctl/internal/serve/ledger"
)

// Resume brings a flow to its end that was left by whoever was at it, with the code that is kept: where nobody has redeemed
// that, the install is saved as if nothing had happened; where somebody has, its token is lost, and an event says so. A flow
// that has ended is left alone. The error says that Resume has to be called again: *BusyError where somebody else is at the
// flow.
func (e *Engine) Resume(ctx context.Context, flow []byte) error {
	if e.outbox == nil {
		return errNoOutbox
	}
	f, err := e.ledger.Flow(ctx, flow)
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return nil
	case err != nil:
		return err
	case f.Status != "" || f.ClaimedAt.IsZero():
		return nil
	}
	holder, ok, err := e.takeOver(ctx, f)
	if err != nil {
		return err
	}
	if !ok {
		return &BusyError{}
	}
	w := e.world()
	if err := e.unseal(w, &f); err != nil {
		return err
	}
	outcome, err := e.redeem(context.WithoutCancel(ctx), w, attempt{flow: f, holder: holder, again: true}, "")
	switch {
	case err != nil:
		return err
	case outcome.Status == StatusPending:
		return fmt.Errorf("flow %s: whether its code was redeemed could not be found out yet", shortOf(flow, 8))
	}
	return nil
}
