package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/segctl/segctl/internal/install"
)

const (
	// leaseTerm is how long an install is held without a sign of life. It is timed by the database's clock.
	leaseTerm = 30 * time.Second
	// tellAfter is when a waiting one is told for whom it waits.
	tellAfter = 2 * time.Second
	// reserveSize is more than what is written when the change is kept.
	reserveSize = 2 * install.MaxRecord
)

// lease is the right to change an install: who has it, until when. The row says so, and no connection is held for it.
type lease struct {
	s       *Store
	name    string
	id      string
	version int64
	row     row
	stop    func()
	ended   bool
}

// acquire waits for an install and takes it. Taking it writes as much as keeping a change will: it proves that the
// database can be written, before something is done that depends on it.
func (s *Store) acquire(ctx context.Context, name string) (*lease, error) {
	l := &lease{s: s, name: name, id: rand.Text()}
	holder := thisProcess()
	reserve := make([]byte, reserveSize)
	_, _ = rand.Read(reserve) // what is the same all over would be written as less
	start, told := time.Now(), false
	for pause := 20 * time.Millisecond; ; pause = min(pause*3/2, 500*time.Millisecond) {
		taken, err := l.take(ctx, holder, reserve)
		if err != nil {
			return nil, err
		}
		if taken {
			l.keep(ctx)
			return l, nil
		}
		for {
			if err := sleep(ctx, jitter(pause)); err != nil {
				return nil, fmt.Errorf("wait for install %q: %w", name, err)
			}
			by, err := l.heldBy(ctx)
			if err != nil {
				return nil, err
			}
			if by == "" {
				break
			}
			if !told && time.Since(start) > tellAfter {
				told = true
				if s.o.Waiting != nil {
					s.o.Waiting(name, by)
				}
			}
			pause = min(pause*3/2, 500*time.Millisecond)
		}
	}
}

func thisProcess() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s:%d", host, os.Getpid())
}

// take takes the install if nobody has it. Where there is none, a row without a card holds its place.
func (l *lease) take(ctx context.Context, holder string, reserve []byte) (bool, error) {
	taken := false
	err := l.s.run(ctx, "lock", l.s.account(l.name), func(ctx context.Context, pool *pgxpool.Pool) error {
		err := pool.QueryRow(ctx, `
			INSERT INTO segctl_installs AS i (profile, name, holder, lease, lease_until, reserve)
			VALUES ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5), $6)
			ON CONFLICT (profile, name) DO UPDATE
			SET holder = excluded.holder, lease = excluded.lease, lease_until = excluded.lease_until, reserve = excluded.reserve
			WHERE i.lease IS NULL OR i.lease = excluded.lease OR i.lease_until <= clock_timestamp()
			RETURNING card, token, version`,
			l.s.o.Profile, l.name, holder, l.id, l.s.term.Seconds(), reserve,
		).Scan(&l.row.card, &l.row.token, &l.version)
		taken = err == nil
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	return taken, err
}

// heldBy returns who has the install, "" where it is free.
func (l *lease) heldBy(ctx context.Context) (holder string, err error) {
	err = l.s.run(ctx, "lock", l.s.account(l.name), func(ctx context.Context, pool *pgxpool.Pool) error {
		holder = ""
		err := pool.QueryRow(ctx, `SELECT coalesce(holder, 'unknown') FROM segctl_installs
			WHERE profile = $1 AND name = $2 AND lease IS NOT NULL AND lease_until > clock_timestamp()`,
			l.s.o.Profile, l.name).Scan(&holder)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	return holder, err
}

// keep makes the lease last until release: it is renewed in the background.
func (l *lease) keep(ctx context.Context) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for sleep(ctx, l.s.term/3) == nil {
			pool, err := l.s.Pool(ctx)
			if err != nil {
				return
			}
			// That it cannot be renewed now is no reason to end: there is another time before it runs out. And who has lost it
			// learns that when the change is to be kept.
			_, _ = pool.Exec(ctx, `UPDATE segctl_installs SET lease_until = clock_timestamp() + make_interval(secs => $4)
				WHERE profile = $1 AND name = $2 AND lease = $3`, l.s.o.Profile, l.name, l.id, l.s.term.Seconds())
		}
	}()
	l.stop = func() { cancel(); <-ended }
}

// release gives the install back as it is. After save or remove it does nothing.
func (l *lease) release(ctx context.Context) {
	l.stop()
	if l.ended {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	pool, err := l.s.Pool(ctx)
	if err != nil {
		return
	}
	// Should it fail: the lease runs out.
	batch := new(pgx.Batch)
	batch.Queue("DELETE FROM segctl_installs WHERE profile = $1 AND name = $2 AND lease = $3 AND card IS NULL",
		l.s.o.Profile, l.name, l.id)
	batch.Queue(`UPDATE segctl_installs SET holder = NULL, lease = NULL, lease_until = NULL, reserve = NULL
		WHERE profile = $1 AND name = $2 AND lease = $3`, l.s.o.Profile, l.name, l.id)
	_ = pool.SendBatch(ctx, batch).Close()
}

// save keeps the change, if the install is still the one that was read, and still ours.
func (l *lease) save(ctx context.Context, r row) error {
	return l.finish(ctx, "write", func(ctx context.Context, pool *pgxpool.Pool) (int64, error) {
		tag, err := pool.Exec(ctx, `
			UPDATE segctl_installs SET card = $5::jsonb, token = $6, seal = $7, version = version + 1, saved = lease,
				holder = NULL, lease = NULL, lease_until = NULL, reserve = NULL
			WHERE profile = $1 AND name = $2 AND lease = $3 AND version = $4`,
			l.s.o.Profile, l.name, l.id, l.version, string(r.card), r.token, l.s.sealID(r))
		return tag.RowsAffected(), err
	})
}

// remove removes the install, if it is still the one that was read, and still ours.
func (l *lease) remove(ctx context.Context) error {
	return l.finish(ctx, "delete", func(ctx context.Context, pool *pgxpool.Pool) (int64, error) {
		tag, err := pool.Exec(ctx, "DELETE FROM segctl_installs WHERE profile = $1 AND name = $2 AND lease = $3 AND version = $4",
			l.s.o.Profile, l.name, l.id, l.version)
		return tag.RowsAffected(), err
	})
}

// finish ends the lease with a statement that changes one row. A database that is away is waited for: what is to be kept
// may be the only copy of a token. An answer that was lost on its way is looked for.
func (l *lease) finish(ctx context.Context, op string, do func(ctx context.Context, pool *pgxpool.Pool) (int64, error)) error {
	ctx = context.WithoutCancel(ctx)
	attempts := 0
	err := l.s.repeat(ctx, lastPatience, op, l.s.account(l.name), func(ctx context.Context, pool *pgxpool.Pool) error {
		attempts++
		n, err := do(ctx, pool)
		if err != nil || n == 1 {
			return err
		}
		if attempts > 1 {
			if done, err := l.isDone(ctx, op, pool); done || err != nil {
				return err
			}
		}
		return &install.StoreError{Kind: install.Overtaken, Op: op, Item: l.s.account(l.name), Store: l.s.String()}
	})
	l.ended = err == nil
	return err
}

// isDone reports whether an earlier attempt got through.
func (l *lease) isDone(ctx context.Context, op string, pool *pgxpool.Pool) (bool, error) {
	var saved *string
	err := pool.QueryRow(ctx, "SELECT saved FROM segctl_installs WHERE profile = $1 AND name = $2", l.s.o.Profile, l.name).Scan(&saved)
	if errors.Is(err, pgx.ErrNoRows) {
		return op == "delete", nil
	}
	return err == nil && op == "write" && saved != nil && *saved == l.id, err
}

// sealID names the recipients that a row is sealed to, nil where nothing of it is sealed.
func (s *Store) sealID(r row) *string {
	if r.token == nil {
		return nil
	}
	id := s.o.Keys.ID()
	return &id
}
