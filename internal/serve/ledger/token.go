package ledger

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/secret"
)

// Token is a bearer token of the partner's backend, of which only the name can be read again.
type Token struct {
	Name              string
	CreatedAt, UsedAt time.Time // UsedAt is zero before the first use, and else exact to a minute
}

const (
	tokenPrefix = "sgb_" // of the backend
	maxName     = 100    // bytes

	uniqueViolation = "23505" // PostgreSQL's code
)

// NewSecret returns 256 random bits in 43 characters. They cannot be guessed, so that a quick hash of them is as good as a
// slow one.
func NewSecret() string {
	var random [32]byte
	_, _ = rand.Read(random[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(random[:])
}

// Hash returns what is kept of such a secret.
func Hash(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// NewToken makes a token: "sgb_" and 43 characters. It is kept as a hash: nobody can read it again. The error is a
// *problem.Error for a name that cannot be one, or that another token has.
func (l *Ledger) NewToken(ctx context.Context, name string) (token string, err error) {
	switch {
	case name == "" || len(name) > maxName:
		return "", problem.Usage("the name of a token has 1 to %d bytes", maxName)
	case secret.Clean(name) != name || strings.TrimSpace(name) != name:
		return "", problem.Usage("the name of a token is a line of text, without control characters and without spaces around it")
	}
	pool, err := l.Pool(ctx)
	if err != nil {
		return "", err
	}
	token = tokenPrefix + NewSecret()
	_, err = pool.Exec(ctx, `INSERT INTO segctl_tokens (profile, name, hash, created_at) VALUES ($1, $2, $3, $4)`, l.profile, name, Hash(token), l.now())
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == uniqueViolation {
		return "", problem.With(problem.ExitConflict, "there is a token of the name %q already", name).
			Hint("the names that are taken", "serve", "token", "list")
	}
	if err != nil {
		return "", l.fault("write", "a token", err)
	}
	return token, nil
}

// Tokens returns all the tokens, by name.
func (l *Ledger) Tokens(ctx context.Context) ([]Token, error) {
	pool, err := l.Pool(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := pool.Query(ctx, `SELECT name, created_at, used_at FROM segctl_tokens WHERE profile = $1 ORDER BY name`, l.profile)
	if err != nil {
		return nil, l.fault("read", "the tokens", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t Token, err error) {
		var used *time.Time
		err = row.Scan(&t.Name, &t.CreatedAt, &used)
		t.UsedAt = orZero(used)
		return t, err
	})
	return all, l.fault("read", "the tokens", err)
}

// RemoveToken removes the token of that name. The error wraps ErrNotFound.
func (l *Ledger) RemoveToken(ctx context.Context, name string) error {
	pool, err := l.Pool(ctx)
	if err != nil {
		return err
	}
	done, err := pool.Exec(ctx, `DELETE FROM segctl_tokens WHERE profile = $1 AND name = $2`, l.profile, name)
	if err == nil && done.RowsAffected() == 0 {
		return ErrNotFound
	}
	return l.fault("delete", "a token", err)
}

// CheckToken returns the name of a token. The error wraps ErrNotFound where it is none of ours.
func (l *Ledger) CheckToken(ctx context.Context, token string) (name string, err error) {
	if !strings.HasPrefix(token, tokenPrefix) || len(token) != len(tokenPrefix)+43 {
		return "", ErrNotFound
	}
	pool, err := l.Pool(ctx)
	if err != nil {
		return "", err
	}
	now := l.now()
	// The last use is written once a minute at most: requests are many, and each write would cost as much as the rest.
	err = pool.QueryRow(ctx, `WITH t AS (SELECT name, used_at FROM segctl_tokens WHERE profile = $1 AND hash = $2),
		used AS (UPDATE segctl_tokens SET used_at = $3 WHERE profile = $1 AND hash = $2
			AND EXISTS (SELECT FROM t WHERE used_at IS NULL OR used_at < $4))
		SELECT name FROM t`, l.profile, Hash(token), now, now.Add(-time.Minute)).Scan(&name)
	return name, l.fault("read", "a token", err)
}
