package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"github.com/segctl/segctl/internal/serve/flow"
)

func resumeBackoff() backoff { return backoff{2 * time.Second, 5 * time.Minute} }

// errNoEngine says that nobody has said what brings flows to their end.
var errNoEngine = errors.New("there is no engine for flows")

// resumeFlow asks the engine about a flow that may have been left half-way, until it has an end.
func (j *Jobs) resumeFlow(ctx context.Context, job *river.Job[resumeArgs]) (next, error) {
	resume := j.resume.Load()
	if resume == nil {
		return next{}, errNoEngine
	}
	err := (*resume)(ctx, job.Args.Flow)
	if _, busy := errors.AsType[*flow.BusyError](err); busy {
		return again("busy", 5*time.Second), nil
	}
	if err != nil {
		return next{}, err
	}
	return ended("done"), nil
}
