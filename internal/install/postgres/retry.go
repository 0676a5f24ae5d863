package postgres

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// patience is how long a database is waited for that was there a moment ago: it is being started anew.
	patience = 20 * time.Second
	// lastPatience is how long it is waited for with a token in hand that nobody else has. After that time the lease has run
	// out, and somebody else may be at it.
	lastPatience = leaseTerm
)

// run does something that can be repeated, with connections to a database whose schema is the one known here. Where the
// database was there and is away now, it is done again for a while.
func (s *Store) run(ctx context.Context, op, item string, do func(ctx context.Context, pool *pgxpool.Pool) error) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	return s.repeat(ctx, patience, op, item, do)
}

// ready checks the schema, once.
func (s *Store) ready(ctx context.Context) error {
	s.mu.Lock()
	checked := s.checked
	s.mu.Unlock()
	if checked {
		return nil
	}
	if err := s.CheckSchema(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	s.checked = true
	s.mu.Unlock()
	return nil
}

// repeat does something again, for that long, as long as only the connection is at fault. A database that was never there
// is not waited for.
func (s *Store) repeat(ctx context.Context, long time.Duration, op, item string, do func(ctx context.Context, pool *pgxpool.Pool) error) error {
	start := time.Now()
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		pool, err := s.Pool(ctx)
		if err != nil {
			return err
		}
		if err = do(ctx, pool); err == nil {
			s.mu.Lock()
			s.reached = true
			s.mu.Unlock()
			return nil
		}
		s.mu.Lock()
		reached := s.reached
		s.mu.Unlock()
		if ctx.Err() != nil || !isLost(err) || !reached || time.Since(start) > long {
			return s.fault(op, item, err)
		}
		if err := sleep(ctx, jitter(pause)); err != nil {
			return s.fault(op, item, err)
		}
	}
}

// jitter returns a time from half as long to as long: those who wait together do not ask together.
func jitter(d time.Duration) time.Duration { return d/2 + rand.N(d/2+1) }

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
