package destination

import (
	"context"
	"fmt"

	"github.com/segctl/segctl/internal/segment"
)

// maxSends is how often a change is sent whose answers are lost.
const maxSends = 5

// sendUpdate sends what a step holds. Where the answer is lost, Segment may have made the change: the destination is looked
// at before anything is sent again, so that a customer's destination is changed once.
func (p *Plan) sendUpdate(ctx context.Context, s step) (*segment.Destination, error) {
	for sends := 1; ; sends++ {
		d, err := p.account.API().UpdateDestination(ctx, p.name, s.body)
		if err == nil {
			return d, nil
		}
		err = fmt.Errorf("update destination %q: %w", p.name, err)
		if !segment.IsLost(err) || sends == maxSends || ctx.Err() != nil {
			return nil, err
		}
		now, getErr := p.get(ctx)
		if getErr != nil {
			return nil, err
		}
		if p.isDone(ctx, s.body, now) {
			return now, nil
		}
	}
}

// sendCreate creates the destination. Where the answer is lost, it looks whether the destination is there before it tries
// again. One that is there, and not as it was asked for, is an *ExistsError.
func (p *Plan) sendCreate(ctx context.Context, body segment.DestinationBody) (*segment.Destination, error) {
	for sends := 1; ; sends++ {
		d, err := p.account.API().CreateDestination(ctx, p.name, body)
		switch {
		case err == nil:
			return d, nil
		case segment.HasReason(err, segment.AlreadyExists) && p.isThere(ctx, err):
			return nil, &ExistsError{Name: p.name, Err: err}
		}
		err = fmt.Errorf("create destination %q: %w", p.name, err)
		if !segment.IsLost(err) || sends == maxSends || ctx.Err() != nil {
			return nil, err
		}
		now, getErr := p.get(ctx)
		switch {
		case segment.HasReason(getErr, segment.NotFound): // nothing was created
		case getErr != nil:
			return nil, err
		case p.isDone(ctx, body, now):
			return now, nil
		default:
			return nil, &ExistsError{Name: p.name, Err: err}
		}
	}
}

// isDone reports whether a destination is what a body asks for.
func (p *Plan) isDone(ctx context.Context, body segment.DestinationBody, d *segment.Destination) bool {
	left, err := p.needed(ctx, body, d)
	return err == nil && len(left.Mask()) == 0
}
