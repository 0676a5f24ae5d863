package fleet

import (
	"context"
	"time"

	"github.com/segctl/segctl/internal/account"
)

// RefreshTask is the task of getting a new token for each install whose token does not work for at least that long; 0 is
// for all of them.
func RefreshTask(validity time.Duration) Task {
	return Task{Do: func(ctx context.Context, acc *account.Account, _ Target) (Outcome, error) {
		return Refresh(ctx, acc, validity)
	}}
}

// Refresh gets a new token for an install unless the one there is works for at least that long; with 0 it always does.
func Refresh(ctx context.Context, acc *account.Account, validity time.Duration) (Outcome, error) {
	if validity == 0 {
		i, err := acc.Renew(ctx)
		return Outcome{Action: "refreshed", Changed: true, Resource: i.Card}, err
	}
	i, changed, err := acc.Ensure(ctx, validity)
	if !changed {
		return Outcome{Action: "fresh", Resource: i.Card}, err
	}
	return Outcome{Action: "refreshed", Changed: true, Resource: i.Card}, err
}

// RemoveTask is the task of forgetting each install and, with revoke, of killing its token.
func RemoveTask(w *account.World, revoke bool) Task {
	const removed = "removed"
	return Task{
		Local: true,
		Plan: func(context.Context, *account.Account, Target) (Outcome, error) {
			return Outcome{Action: removed, Changed: true}, nil
		},
		Do: func(ctx context.Context, _ *account.Account, t Target) (Outcome, error) {
			return Outcome{Action: removed, Changed: true}, w.Revoke(ctx, t.Card, revoke)
		},
	}
}
