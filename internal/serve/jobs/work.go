package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"

	"github.com/segctl/segctl/internal/install"
)

// next is what becomes of a job that did its work: it ends, or it runs again after a while.
type next struct {
	outcome string // a word for the metrics
	in      time.Duration
	end     bool
}

// ended is for a job that there is nothing more to do for.
func ended(outcome string) next { return next{outcome: outcome, end: true} }

// again is for a job that runs again after a while.
func again(outcome string, in time.Duration) next { return next{outcome: outcome, in: in} }

// later is an error that says itself when the job is to run again.
type later struct {
	err error
	in  time.Duration
}

func (e *later) Error() string { return e.err.Error() }
func (e *later) Unwrap() error { return e.err }

// worker makes a River worker of what a job does. A failure is no failed attempt for River, which would give up some day:
// the job sleeps, for longer each time.
type worker[T river.JobArgs] struct {
	river.WorkerDefaults[T]

	jobs    *Jobs
	backoff backoff
	limit   time.Duration
	do      func(ctx context.Context, job *river.Job[T]) (next, error)
}

func add[T river.JobArgs](w *river.Workers, j *Jobs, b backoff, limit time.Duration, do func(ctx context.Context, job *river.Job[T]) (next, error)) {
	river.AddWorker(w, &worker[T]{jobs: j, backoff: b, limit: limit, do: do})
}

// ofInstall makes a job of what is done about an install: it ends where the install is not kept any more, and runs again where
// somebody else changed it meanwhile.
func ofInstall[T river.JobArgs](do func(ctx context.Context, job *river.Job[T]) (next, error)) func(ctx context.Context, job *river.Job[T]) (next, error) {
	return func(ctx context.Context, job *river.Job[T]) (next, error) {
		n, err := do(ctx, job)
		switch {
		case errors.Is(err, install.ErrNotFound):
			return ended("removed"), nil
		case errors.Is(err, errOvertaken):
			return again("overtaken", time.Second), nil
		}
		return n, err
	}
}

// Timeout is a little longer than the job's own: River takes a job that is older for one that was left behind.
func (w *worker[T]) Timeout(*river.Job[T]) time.Duration { return w.limit + 2*time.Second }

// NextRetry is for a job whose replica was killed.
func (w *worker[T]) NextRetry(*river.Job[T]) time.Time { return w.jobs.riverTime().Add(time.Second) }

// failures is the key of a job's metadata that counts the failures that follow each other.
const failures = "failures"

// Work does the job, and says when it is to run again.
func (w *worker[T]) Work(ctx context.Context, job *river.Job[T]) error {
	began := time.Now()
	failed := failuresOf(job.Metadata)
	n, err := w.safely(ctx, job)
	took := time.Since(began)
	if err == nil {
		w.jobs.metrics.worked(job.Kind, n.outcome, took)
		if n.end {
			return nil
		}
		if failed > 0 {
			if err := river.MetadataSet(ctx, failures, 0); err != nil {
				return err
			}
		}
		return river.JobSnooze(n.in)
	}
	if errors.Is(ctx.Err(), context.Canceled) { // the replica stops: River gives the job back as it was
		w.jobs.metrics.worked(job.Kind, "interrupted", took)
		return context.Canceled
	}
	w.jobs.metrics.worked(job.Kind, "failed", took)
	failed++
	if err := river.MetadataSet(ctx, failures, failed); err != nil {
		return err
	}
	in := w.backoff.wait(failed)
	if own, ok := errors.AsType[*later](err); ok {
		in = own.in
	}
	w.jobs.o.Log.WarnContext(ctx, "a job failed, and runs again", "kind", job.Kind, "about", about(job.Args),
		"failures", failed, "again_in", in.Round(time.Second).String(), "error", w.jobs.redact(err))
	return river.JobSnooze(in)
}

// safely does the job within its time. A panic is an error as any other: it may be one install's data that leads to it.
func (w *worker[T]) safely(ctx context.Context, job *river.Job[T]) (n next, err error) {
	ctx, cancel := context.WithTimeout(ctx, w.limit)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			w.jobs.o.Log.ErrorContext(ctx, "a job panicked", "kind", job.Kind, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return w.do(ctx, job)
}

// failuresOf reads how often a job failed since it did its work.
func failuresOf(metadata []byte) int {
	var m struct {
		Failures int `json:"failures"`
	}
	_ = json.Unmarshal(metadata, &m) // River's own, or nothing
	return m.Failures
}

// redact returns the text of an error without any secret that is known.
func (j *Jobs) redact(err error) string { return j.o.World.Redactor.Redact(err.Error()) }

// log says what became of an install.
func (j *Jobs) log(ctx context.Context, text, install string, attrs ...slog.Attr) {
	j.o.Log.LogAttrs(ctx, slog.LevelInfo, text, append([]slog.Attr{slog.String("install", install)}, attrs...)...)
}
