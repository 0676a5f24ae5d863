package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/segctl/segctl/internal/install"
)

// Sealed names a column of sealed values. All of it is SQL: Table has a column "profile"; Key is an expression that names a
// row in words, for messages; Column holds the values, and KeyID beside it the ID of the keys that sealed them; Context is
// an expression for what a row's value was sealed for.
type Sealed struct{ Table, Key, Column, KeyID, Context string }

func ownSealed() []Sealed {
	return []Sealed{
		{"segctl_installs", "profile || '/' || name", "token", "seal", "profile || '/' || name"},
		{"segctl_secrets", "account", "sealed", "seal", "'secret:' || account"},
	}
}

// value is a sealed value, and where it is.
type value struct {
	at      pgtype.TID // which version of which row
	key     string
	context string
	sealed  []byte
}

// Rotate seals anew whatever of the profile was sealed to other recipients than those of the keys, in batches, while others
// go on: a value that somebody changes meanwhile is left to the next round. What no identity here opens stays as it is, and
// is an error in the end.
func (s *Store) Rotate(ctx context.Context, batch int, more ...Sealed) (rotated int, err error) {
	if err := s.o.Keys.Ready(); err != nil {
		return 0, s.noKey("write", "the seals", err)
	}
	if batch < 1 {
		batch = 100
	}
	var failed []error
	for _, column := range append(ownSealed(), more...) {
		for again := true; again; {
			n, skipped, unopened, err := s.rotateOnce(ctx, column, batch)
			rotated += n
			if err != nil {
				return rotated, err
			}
			if again = n+skipped > 0; !again && unopened != nil {
				failed = append(failed, unopened)
			}
		}
	}
	return rotated, errors.Join(failed...)
}

// rotateOnce goes through a column once, from its first row to its last, and returns how many values were sealed anew, how
// many were changed by others at that moment, and why the first that could not be opened could not. A new version of a row
// may be before or behind the one it replaces.
func (s *Store) rotateOnce(ctx context.Context, c Sealed, batch int) (rotated, skipped int, unopened, err error) {
	for after := (pgtype.TID{Valid: true}); ; {
		values, err := s.sealedByOthers(ctx, c, after, batch)
		if err != nil || len(values) == 0 {
			return rotated, skipped, unopened, err
		}
		after = values[len(values)-1].at
		for _, v := range values {
			n, err := s.reseal(ctx, c, v)
			switch {
			case isKey(err):
				if unopened == nil {
					unopened = err
				}
			case err != nil:
				return rotated, skipped, unopened, err
			case n == 0:
				skipped++
			}
			rotated += n
		}
	}
}

// isKey reports whether a value could not be opened: with the keys here, or at all.
func isKey(err error) bool {
	e, ok := errors.AsType[*install.StoreError](err)
	return ok && (e.Kind == install.NoKey || e.Kind == install.Corrupt)
}

func (s *Store) sealedByOthers(ctx context.Context, c Sealed, after pgtype.TID, batch int) (values []value, err error) {
	query := fmt.Sprintf(`SELECT ctid, %s, %s, %s FROM %s WHERE profile = $1 AND %s IS NOT NULL AND %s IS DISTINCT FROM $2 AND ctid > $3
		ORDER BY ctid LIMIT $4`, c.Key, c.Context, c.Column, c.Table, c.Column, c.KeyID)
	err = s.run(ctx, "read", c.Table, func(ctx context.Context, pool *pgxpool.Pool) error {
		rows, err := pool.Query(ctx, query, s.o.Profile, s.o.Keys.ID(), after, batch)
		if err != nil {
			return err
		}
		values, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (v value, err error) {
			return v, r.Scan(&v.at, &v.key, &v.context, &v.sealed)
		})
		return err
	})
	return values, err
}

// reseal replaces a value by itself under other seals, if it is still the one that was read.
func (s *Store) reseal(ctx context.Context, c Sealed, v value) (int, error) {
	plain, err := s.open(v.key, v.context, v.sealed)
	if err != nil {
		return 0, err
	}
	sealed, err := s.o.Keys.Seal(v.context, plain)
	if err != nil {
		return 0, s.noKey("write", v.key, err)
	}
	n := 0
	update := fmt.Sprintf("UPDATE %s SET %s = $1, %s = $2 WHERE ctid = $3 AND %s = $4 AND profile = $5", c.Table, c.Column, c.KeyID, c.Column)
	err = s.run(ctx, "write", v.key, func(ctx context.Context, pool *pgxpool.Pool) error {
		tag, err := pool.Exec(ctx, update, sealed, s.o.Keys.ID(), v.at, v.sealed, s.o.Profile)
		n = int(tag.RowsAffected())
		return err
	})
	return n, err
}
