package destination

import (
	"context"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/segment"
)

// Wanted is what somebody wants one destination of an install to be, by flags or by a file.
type Wanted struct {
	Destination string        // a slug or a full name; "" is the one that the scope names
	Place       account.Place // where an install leaves it open
	Change      Change
	Absent      bool   // it must not be there
	From        string // where that is said, such as clearbrain.yaml:4; "" for flags
}

// Compare returns the result that Make would have, as far as it can be told without changing anything. The errors are
// those of Make.
func (w Wanted) Compare(ctx context.Context, acc *account.Account) (Result, error) {
	if w.Absent {
		return w.compareAbsent(ctx, acc)
	}
	p, err := w.plan(ctx, acc)
	if err != nil {
		return Result{}, err
	}
	return p.Preview(ctx, ToApply)
}

// Make makes the destination what is wanted of it: created where it is missing, changed where it differs and in nothing
// else, deleted where it must not be there. The errors are those of [NewPlan] and [Plan.Apply].
func (w Wanted) Make(ctx context.Context, acc *account.Account) (Result, error) {
	if w.Absent {
		return w.remove(ctx, acc)
	}
	p, err := w.plan(ctx, acc)
	if err != nil {
		return Result{}, err
	}
	return p.Apply(ctx, ToApply)
}

func (w Wanted) plan(ctx context.Context, acc *account.Account) (*Plan, error) {
	name, err := acc.Destination(ctx, w.Destination, w.Place)
	if err != nil {
		return nil, err
	}
	return NewPlan(ctx, acc, name, w.Change)
}

func (w Wanted) compareAbsent(ctx context.Context, acc *account.Account) (Result, error) {
	name, err := acc.Destination(ctx, w.Destination, w.Place)
	if err != nil {
		return Result{}, err
	}
	d, err := Get(ctx, acc, name)
	switch {
	case segment.HasReason(err, segment.NotFound):
		return Result{Name: name, Action: Already}, nil
	case err != nil:
		return Result{Name: name}, err
	}
	p := &Plan{account: acc, name: name}
	if err := p.lookUp(ctx); err != nil { // it may know of secrets that the destination does not tell
		return Result{Name: name}, err
	}
	return Result{Name: name, Action: Deleted, Destination: d, Masked: maskBy(d, p.judges()), Changes: p.all(d)}, nil
}

// remove deletes the destination. That somebody else has deleted it is as good.
func (w Wanted) remove(ctx context.Context, acc *account.Account) (Result, error) {
	found, err := w.compareAbsent(ctx, acc)
	if err != nil || !found.IsChange() {
		return found, err
	}
	done, err := Delete(ctx, acc, found.Name)
	switch {
	case segment.HasReason(err, segment.NotFound):
		return Result{Name: found.Name, Action: Already}, nil
	case err != nil:
		return Result{Name: found.Name}, err
	}
	done.Masked, done.Changes = found.Masked, found.Changes
	return done, nil
}
