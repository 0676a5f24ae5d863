package fleet

import (
	"context"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/segment"
)

// Find returns the full name of the destination that a target is about.
type Find func(ctx context.Context, acc *account.Account, want destination.Wanted) (segment.Name, error)

// ChangeTask is the task of making each target what is wanted of it.
func ChangeTask(verb destination.Verb, find Find) Task {
	plan := func(ctx context.Context, acc *account.Account, t Target) (*destination.Plan, error) {
		name, err := find(ctx, acc, t.Want)
		if err != nil {
			return nil, err
		}
		return destination.NewPlan(ctx, acc, name, t.Want.Change)
	}
	return Task{
		Plan: func(ctx context.Context, acc *account.Account, t Target) (Outcome, error) {
			p, err := plan(ctx, acc, t)
			if err != nil {
				return Outcome{}, err
			}
			return outcomeOf(p.Preview(ctx, verb))
		},
		Do: func(ctx context.Context, acc *account.Account, t Target) (Outcome, error) {
			p, err := plan(ctx, acc, t)
			if err != nil {
				return Outcome{}, err
			}
			return outcomeOf(p.Apply(ctx, verb))
		},
		Check: func(ctx context.Context, acc *account.Account, t Target) (Outcome, error) {
			name, err := find(ctx, acc, t.Want)
			if err != nil {
				return Outcome{}, err
			}
			t.Want.Destination, t.Want.Place = name.String(), account.Place{}
			if verb == destination.ToEnable || verb == destination.ToDisable {
				t.Want.Change.Enabled = new(verb == destination.ToEnable)
			}
			return CheckApplied(ctx, acc, t)
		},
	}
}

// GetTask is the task of reading the destination of each target.
func GetTask() Task {
	return Task{Do: func(ctx context.Context, acc *account.Account, t Target) (Outcome, error) {
		name, err := acc.ExistingDestination(ctx, t.Want.Destination, t.Want.Place)
		if err != nil {
			return Outcome{}, err
		}
		d, err := destination.Get(ctx, acc, name)
		if err != nil {
			return Outcome{Destination: name.String()}, err
		}
		return Outcome{Destination: name.String(), Resource: d}, nil
	}}
}

// outcomeOf takes over the result of a change.
func outcomeOf(r destination.Result, err error) (Outcome, error) {
	o := Outcome{Action: string(r.Action), Changed: r.IsChange(), Changes: r.Changes, Notes: r.Notes}
	if r.Name != (segment.Name{}) {
		o.Destination = r.Name.String()
	}
	if err == nil {
		o.Detail = r.String()
	}
	if err == nil && r.Masked != nil {
		o.Resource = r.Masked
	}
	return o, err
}
