package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/segctl/segctl/internal/install"
)

var errSkeleton = errors.New("not there yet")

func connect(o Options) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		return nil, err
	}
	config.MaxConns = o.MaxConns
	return pgxpool.NewWithConfig(context.Background(), config)
}

func (s *Store) Cards(ctx context.Context) ([]install.Card, error) { return nil, errSkeleton }
func (s *Store) Card(ctx context.Context, name string) (install.Card, error) {
	return install.Card{}, errSkeleton
}

func (s *Store) Get(ctx context.Context, name string) (install.Install, error) {
	return install.Install{}, errSkeleton
}

func (s *Store) Update(ctx context.Context, name string, change func(old *install.Install) (*install.Install, error)) error {
	return errSkeleton
}
func (s *Store) Add(ctx context.Context, cards []install.Card) error { return errSkeleton }
func (s *Store) Current(ctx context.Context) (string, error)         { return "", errSkeleton }
func (s *Store) Use(ctx context.Context, name string) error          { return errSkeleton }
func (s *Store) Probe(ctx context.Context) error                     { return errSkeleton }
func (s *Store) String() string                                      { return "PostgreSQL" }

// Vault keeps secrets by account, sealed.
func (s *Store) Vault() install.Vault { return nil }

// SaveTx changes an install inside a transaction of the caller.
func (s *Store) SaveTx(ctx context.Context, tx pgx.Tx, name string, change func(old *install.Install) (*install.Install, error)) error {
	return errSkeleton
}

// Sealed names a column of sealed values.
type Sealed struct{ Table, Key, Column, KeyID, Context string }

// Rotate seals anew what was sealed to other recipients.
func (s *Store) Rotate(ctx context.Context, batch int, more ...Sealed) (rotated int, err error) {
	return 0, errSkeleton
}
