package jobs

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// enableBackoff is short at first: the customer waits.
func enableBackoff() backoff { return backoff{2 * time.Second, time.Hour} }

// enable makes the destination of an install exist, enabled, with the customer's settings. Where that is refused, it is told,
// and tried again: the catalog, the customer's side or the settings may change.
func (j *Jobs) enable(ctx context.Context, job *river.Job[enableArgs]) (next, error) {
	w, name := j.worlds.get(), job.Args.Install
	card, err := w.Store.Card(ctx, name)
	if err != nil {
		return next{}, err
	}
	c, err := j.o.Ledger.Connection(ctx, j.o.Pool, name, false)
	if errors.Is(err, ledger.ErrNotFound) {
		return next{}, errGone
	}
	if err != nil {
		return next{}, err
	}
	if c.Customer == "" { // an install that came by a command: nobody asked for its destination
		return ended("nobody"), nil
	}
	j.learn(c)
	acc, err := w.OpenCard(card)
	if err != nil {
		return next{}, err
	}
	result, err := destination.Enable(ctx, acc, c.Wanted.Destination, account.Place{}, changeOf(c))
	if err != nil {
		return j.notEnabled(ctx, c, card, err)
	}
	return j.madeLive(ctx, job, c, seen{card: card, destination: result.Name.String(), health: destination.Healthy})
}

// madeLive tells that the destination is live, and ends the job, in one transaction: whoever connects the install again
// meanwhile, with other settings, either has changed the connection before, and then the job goes on, or finds no job that
// still runs, and makes another.
func (j *Jobs) madeLive(ctx context.Context, job *river.Job[enableArgs], was ledger.Connection, s seen) (next, error) {
	var told []ledger.EventType
	err := pgx.BeginFunc(ctx, j.o.Pool, func(tx pgx.Tx) error {
		_, err := j.o.Ledger.LockConnection(ctx, tx, was.Install)
		var c ledger.Connection
		if err == nil {
			c, err = j.o.Ledger.Connection(ctx, tx, was.Install, false)
		}
		switch {
		case errors.Is(err, ledger.ErrNotFound):
			return errGone
		case err != nil:
			return err
		case !reflect.DeepEqual(c.Wanted, was.Wanted):
			return errOvertaken
		}
		events, c := enabled(c, s)
		c.CheckedAt = j.o.Now()
		if err := j.o.Ledger.SetHealth(ctx, tx, c); err != nil {
			return err
		}
		if told, err = j.emit(ctx, tx, events); err != nil {
			return err
		}
		_, err = river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, job)
		if errors.Is(err, river.ErrNotFound) {
			return errOvertaken // it was taken for one that was left behind, and runs again
		}
		return err
	})
	if err != nil {
		return next{}, err
	}
	j.logTold(ctx, s, told)
	return ended("enabled"), nil
}

// notEnabled tells why a destination is not enabled, as far as that is a health.
func (j *Jobs) notEnabled(ctx context.Context, c ledger.Connection, card install.Card, err error) (next, error) {
	health, detail, known := healthOfRefusal(err)
	if !known {
		return next{}, err
	}
	if health == destination.Unrefreshable {
		j.worlds.doubt()
	}
	s := seen{card: card, health: health, detail: j.o.World.Redactor.Redact(detail), lost: isUninstalled(err)}
	if failed := j.note(ctx, c, s); failed != nil {
		return next{}, failed
	}
	j.log(ctx, "a destination is not enabled yet", card.Name, slog.String("health", string(health)))
	return next{}, err
}

// healthOfRefusal returns the health that stands for why a destination cannot be enabled. What Segment or the catalog finds
// wrong with the settings is theirs to change, and so is what leaves open which destination is meant.
func healthOfRefusal(err error) (destination.Health, string, bool) {
	_, settings := errors.AsType[*destination.SettingsError](err)
	_, key := errors.AsType[*destination.KeyError](err)
	_, open := errors.AsType[*account.AmbiguousError](err)
	_, none := errors.AsType[*account.NoDestinationError](err)
	if settings || key || open || none || segment.HasReason(err, segment.InvalidArgument) {
		return destination.IsInvalid, err.Error(), true
	}
	return destination.HealthOf(err)
}
