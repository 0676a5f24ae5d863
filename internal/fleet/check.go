package fleet

import (
	"context"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/segment"
)

// CheckTask is the task of finding out the health of each target.
func CheckTask() Task { return Task{Do: Check} }

// Check is the step that finds out the health of a target. One that could not be reached is an error beside its health:
// it failed, and nothing is known about it. Any other health but ok is a difference.
func Check(ctx context.Context, acc *account.Account, t Target) (Outcome, error) {
	c, err := destination.Check(ctx, acc, t.Want)
	o := Outcome{
		Health: c.Health, Detail: c.Detail, Behind: c.Err, Changes: c.Changes, Notes: c.Notes,
		Different: c.Health != "" && c.Health != destination.Healthy,
	}
	if c.Name != (segment.Name{}) {
		o.Destination = c.Name.String()
	}
	if err == nil && c.Health == destination.Unreachable {
		err = c.Err
	}
	return o, err
}
