package ledger

import (
	"context"
	"time"
)

// Token is a bearer token of the partner's backend, of which only the name can be read again.
type Token struct {
	Name              string
	CreatedAt, UsedAt time.Time // UsedAt is zero before the first use, and else exact to a minute
}

// NewToken makes a token: "sgb_" and 43 characters. It is kept as a hash: nobody can read it again. The error is a
// *problem.Error for a name that cannot be one, or that another token has.
func (l *Ledger) NewToken(ctx context.Context, name string) (token string, err error) { return "", nil }

// Tokens returns all the tokens, by name.
func (l *Ledger) Tokens(ctx context.Context) ([]Token, error) { return nil, nil }

// RemoveToken removes the token of that name. The error wraps ErrNotFound.
func (l *Ledger) RemoveToken(ctx context.Context, name string) error { return nil }

// CheckToken returns the name of a token. The error wraps ErrNotFound where it is none of ours.
func (l *Ledger) CheckToken(ctx context.Context, token string) (name string, err error) {
	return "", ErrNotFound
}
