package destination

import (
	"context"
	"errors"
	"net/http"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/segment"
)

// Apply carries a plan out. The result has the notes also where there is an error. The errors are *ExistsError from
// ToCreate, *NothingError from ToUpdate, *SettingsError, and those of the account's client.
func (p *Plan) Apply(ctx context.Context, verb Verb) (Result, error) {
	s, err := p.decide(ctx, verb)
	if err != nil {
		return p.result(step{}, nil, ""), err
	}
	if s.create {
		d, err := p.sendCreate(ctx, s.body)
		var exists *ExistsError
		switch {
		case err == nil && verb == ToEnable && d.Enabled:
			return p.result(s, d, Enabled), nil
		case err == nil:
			return p.applied(ctx, verb, s, d, Created)
		case verb != ToEnable && verb != ToApply || !errors.As(err, &exists):
			return p.result(s, nil, ""), err
		}
		if s, err = p.foundMeanwhile(ctx, verb, s); err != nil {
			return p.result(s, nil, ""), err
		}
	}
	if s.done {
		return p.result(s, s.old, Already), nil
	}
	return p.update(ctx, verb, s)
}

// foundMeanwhile decides anew about a destination that somebody else has created since it was looked for. The mode goes
// back to what was asked for: the default one is for a destination that is created here.
func (p *Plan) foundMeanwhile(ctx context.Context, verb Verb, s step) (step, error) {
	s.body.ConnectionMode, s.body.Config = p.body.ConnectionMode, p.body.Config
	old, err := p.get(ctx)
	if err != nil {
		return s, err
	}
	return p.decideOn(ctx, verb, old, s)
}

func (p *Plan) get(ctx context.Context) (*segment.Destination, error) {
	return Get(ctx, p.account, p.name)
}

// isThere looks whether a destination exists that could not be created, where Segment's answer is as good as none:
// "destination already exists or other internal error".
func (p *Plan) isThere(ctx context.Context, refused error) bool {
	var e *segment.Error
	if errors.As(refused, &e) && e.StatusCode < http.StatusInternalServerError {
		return true
	}
	_, err := p.account.API().Destination(ctx, p.name)
	return err == nil
}

// update sends what a step holds.
func (p *Plan) update(ctx context.Context, verb Verb, s step) (Result, error) {
	var err error
	if s.old == nil {
		if s.old, err = p.get(ctx); err != nil {
			return p.result(s, nil, ""), err
		}
	}
	d, err := p.sendUpdate(ctx, s)
	if err != nil {
		return p.result(s, nil, ""), err
	}
	return p.applied(ctx, verb, s, d, actionOf(verb, s.old, d))
}

// applied makes a result of what Segment answered to a step. What is applied has what was asked for among its changes, as
// its preview has, and what the answer is still not.
func (p *Plan) applied(ctx context.Context, verb Verb, s step, d *segment.Destination, action Action) (Result, error) {
	r := p.result(s, d, action)
	if verb != ToApply {
		return r, nil
	}
	r.Changes = p.asked(s)
	left, err := p.needed(ctx, s.body, d)
	if err != nil {
		return r, err
	}
	r.Left = p.asked(step{old: d, body: left})
	return r, nil
}

// actionOf says in a word what an update did, by what Segment answered.
func actionOf(verb Verb, old, d *segment.Destination) Action {
	switch {
	case old == nil:
		return Created
	case len(Diff(old, d, nil)) == 0:
		return Unchanged
	case verb == ToEnable && !old.Enabled && d.Enabled:
		return Enabled
	case verb == ToDisable && old.Enabled && !d.Enabled:
		return Disabled
	}
	return Updated
}

// Enable makes the destination that arg and place mean exist, enabled, with what c asks for: created where it is missing,
// updated where it is not, and left alone where nothing would change.
func Enable(ctx context.Context, acc *account.Account, arg string, place account.Place, c Change) (Result, error) {
	name, err := acc.Destination(ctx, arg, place)
	if err != nil {
		return Result{}, err
	}
	p, err := NewPlan(ctx, acc, name, c)
	if err != nil {
		return Result{}, err
	}
	return p.Apply(ctx, ToEnable)
}
