package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/segctl/segctl/internal/serve/flow"
	"github.com/segctl/segctl/internal/serve/ledger"
)

var _ flow.Outbox = (*Jobs)(nil)

// Emit keeps an event, and has its webhook sent once the transaction is committed.
func (j *Jobs) Emit(ctx context.Context, tx pgx.Tx, e ledger.Event) error {
	if err := j.o.Ledger.AddEvent(ctx, tx, &e); err != nil {
		return err
	}
	j.metrics.event(e.Type)
	if j.o.WebhookURL == "" {
		return nil
	}
	_, err := j.client.InsertTx(ctx, tx, webhookArgs{e.ID}, j.insertion(kindWebhook, 0))
	return err
}

// Connected has the destination of an install enabled, and its token and its destination looked after from then on. Until the
// destination is enabled, nobody is told how it is: that is what enabling tells.
func (j *Jobs) Connected(ctx context.Context, tx pgx.Tx, install string) error {
	c, err := j.o.Ledger.LockConnection(ctx, tx, install)
	if err == nil {
		c.Enabled, c.Lost = false, false
		err = j.o.Ledger.SetHealth(ctx, tx, c)
	}
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return err
	}
	if err := j.now(ctx, tx, enableArgs{install}); err != nil {
		return err
	}
	if err := j.now(ctx, tx, refreshArgs{install}); err != nil {
		return err
	}
	return j.now(ctx, tx, checkArgs{install})
}

// Resume has the engine asked about a flow after a while.
func (j *Jobs) Resume(ctx context.Context, tx pgx.Tx, flow []byte, after time.Duration) error {
	_, err := j.client.InsertTx(ctx, tx, resumeArgs{flow}, j.insertion(kindResume, after))
	return err
}

// Redeliver has the webhook of an event sent once more, whatever became of it before. The error wraps ledger.ErrNotFound
// where there is no such event.
func (j *Jobs) Redeliver(ctx context.Context, eventID string) error {
	if _, err := j.o.Ledger.Event(ctx, eventID); err != nil {
		return err
	}
	if j.o.WebhookURL == "" {
		return errNoWebhook()
	}
	return pgx.BeginFunc(ctx, j.o.Pool, func(tx pgx.Tx) error { return j.now(ctx, tx, webhookArgs{eventID}) })
}

// now has a job done now: where there is one for the same arguments that sleeps, it is woken. One that is running is left
// alone.
func (j *Jobs) now(ctx context.Context, tx pgx.Tx, args river.JobArgs) error {
	inserted, err := j.client.InsertTx(ctx, tx, args, j.insertion(args.Kind(), 0))
	if err != nil || !inserted.UniqueSkippedAsDuplicate {
		return err
	}
	_, err = j.client.JobRetryTx(ctx, tx, inserted.Job.ID)
	if errors.Is(err, river.ErrNotFound) { // it ended just now
		_, err = j.client.InsertTx(ctx, tx, args, j.insertion(args.Kind(), 0))
	}
	return err
}
