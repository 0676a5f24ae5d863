package ledger

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

const eventColumns = `seq, id, type, time, data`

// AddEvent keeps an event, and gives it its ID and Seq, and a Time where it has none.
//
// Events keep the order of their commits, so that nobody who reads them one after the other misses one: from here to its
// end, a transaction keeps out all others that add one. So it comes after everything that has to wait for a row.
func (l *Ledger) AddEvent(ctx context.Context, tx pgx.Tx, e *Event) error {
	if e.Time.IsZero() {
		e.Time = l.now()
	}
	e.Time = e.Time.UTC().Truncate(time.Millisecond)
	e.ID = "evt_" + rand.Text()
	// Two statements, one way there and back. The number is given by the second, when the lock is had.
	var both pgx.Batch
	both.Queue(`SELECT pg_advisory_xact_lock(hashtextextended('segctl_events/' || $1, 0))`, l.profile)
	both.Queue(`INSERT INTO segctl_events (profile, id, type, time, data) VALUES ($1, $2, $3, $4, $5) RETURNING seq`,
		l.profile, e.ID, e.Type, e.Time, e.Data)
	sent := tx.SendBatch(ctx, &both)
	_, err := sent.Exec()
	if err == nil {
		err = sent.QueryRow().Scan(&e.Seq)
	}
	if closing := sent.Close(); err == nil {
		err = closing
	}
	return l.fault("write", "the event "+string(e.Type), err)
}

// Events returns up to limit events that follow the one with an id, "" for the first. The error wraps ErrNotFound where
// that one is not kept any more, or never was.
func (l *Ledger) Events(ctx context.Context, after string, limit int) ([]Event, error) {
	pool, err := l.Pool(ctx)
	if err != nil {
		return nil, err
	}
	// The event that is followed comes first, so that one query tells its absence from an end.
	rows, err := pool.Query(ctx, `WITH a AS (SELECT seq FROM segctl_events WHERE profile = $1 AND id = $2)
		(SELECT a.seq, '', '', 'epoch'::timestamptz, '{}'::jsonb FROM a)
		UNION ALL
		(SELECT `+eventColumns+` FROM segctl_events WHERE profile = $1 AND seq > coalesce((SELECT seq FROM a), 0)
			AND ($2 = '' OR EXISTS (SELECT FROM a)) ORDER BY seq LIMIT $3)`, l.profile, after, limit)
	if err != nil {
		return nil, l.fault("read", "the events", err)
	}
	all, err := pgx.CollectRows(rows, scanEvent)
	switch {
	case err != nil:
		return nil, l.fault("read", "the events", err)
	case after == "":
		return all, nil
	case len(all) == 0:
		return nil, fmt.Errorf("event %q: %w", after, ErrNotFound)
	}
	return all[1:], nil
}

// Event returns the event with an id. The error wraps ErrNotFound.
func (l *Ledger) Event(ctx context.Context, id string) (Event, error) {
	pool, err := l.Pool(ctx)
	if err != nil {
		return Event{}, err
	}
	rows, err := pool.Query(ctx, `SELECT `+eventColumns+` FROM segctl_events WHERE profile = $1 AND id = $2`, l.profile, id)
	if err != nil {
		return Event{}, l.fault("read", "an event", err)
	}
	e, err := pgx.CollectExactlyOneRow(rows, scanEvent)
	return e, l.fault("read", "an event", err)
}

func scanEvent(row pgx.CollectableRow) (e Event, err error) {
	err = row.Scan(&e.Seq, &e.ID, &e.Type, &e.Time, &e.Data)
	e.Time = e.Time.UTC()
	return e, err
}
