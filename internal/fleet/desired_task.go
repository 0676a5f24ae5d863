package fleet

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination"
)

// DiffTask is the task of comparing each target with what is wanted of it.
func DiffTask() Task {
	seen := &described{}
	return Task{Do: func(ctx context.Context, acc *account.Account, t Target) (Outcome, error) {
		o, err := seen.outcome(t)(t.Want.Compare(ctx, acc))
		o.Changed, o.Different, o.Resource = false, o.Changed, nil
		if o.Different {
			o.Detail = differs(t.Want)
		}
		return o, err
	}}
}

// ApplyTask is the task of making each target what is wanted of it. It is checked for its health.
func ApplyTask() Task {
	seen := &described{}
	return Task{
		Plan: func(ctx context.Context, acc *account.Account, t Target) (Outcome, error) {
			return seen.outcome(t)(t.Want.Compare(ctx, acc))
		},
		Do: func(ctx context.Context, acc *account.Account, t Target) (Outcome, error) {
			return seen.outcome(t)(t.Want.Make(ctx, acc))
		},
		Check: CheckApplied,
	}
}

// CheckApplied finds out the health of a target that was applied. One that is disabled, where nobody has said whether it
// should be enabled, is as wanted.
func CheckApplied(ctx context.Context, acc *account.Account, t Target) (Outcome, error) {
	o, err := Check(ctx, acc, t)
	if err != nil || o.Health != destination.IsDisabled || t.Want.Change.Enabled != nil {
		return o, err
	}
	r, err := t.Want.Compare(ctx, acc)
	switch {
	case err != nil:
		return Outcome{}, err
	case r.IsChange():
		return Outcome{Different: true, Health: destination.IsChanged, Detail: differs(t.Want)}, nil
	}
	return Outcome{Health: destination.IsDisabled, Detail: r.String()}, nil
}

func differs(w destination.Wanted) string {
	if w.Absent {
		return "it is there, and no file wants it"
	}
	return "it is not as " + w.From + " says"
}

// described notes where each destination was described. Entries that leave the source open may turn out to mean the same
// one.
type described struct {
	mu    sync.Mutex
	first map[string]string
}

// outcome returns a function that makes an outcome of a result, or an error where another entry describes the same
// destination.
func (d *described) outcome(t Target) func(r destination.Result, err error) (Outcome, error) {
	return func(r destination.Result, err error) (Outcome, error) {
		o, err := outcomeOf(r, err)
		if err != nil {
			return o, err
		}
		if first, twice := d.note(t.Card.Name+" "+o.Destination, t.Want.From); twice {
			return Outcome{Destination: o.Destination}, twiceDescribed(t, first)
		}
		if !r.IsChange() && len(r.Left) == 0 && !t.Want.Absent {
			o.Detail = fmt.Sprintf("%s %s is as %s says", destination.Place(r.Name), r.Name.Destination, t.Want.From)
		}
		if len(r.Left) > 0 {
			left := make([]string, len(r.Left))
			for i, l := range r.Left {
				left[i] = l.What
			}
			o.Different, o.Detail = true, o.Detail+", but Segment answers that this is still another: "+strings.Join(left, ", ")
		}
		return o, nil
	}
}

// note keeps where a destination is described, and returns where else it is.
func (d *described) note(key, from string) (first string, twice bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.first == nil {
		d.first = map[string]string{}
	}
	first, found := d.first[key]
	if !found {
		d.first[key] = from
	}
	return first, found && first != from
}
