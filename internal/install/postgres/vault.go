package postgres

import (
	"context"
	"crypto/rand"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/segctl/segctl/internal/install"
)

// Vault keeps secrets by account beside the installs, sealed: the client secret.
func (s *Store) Vault() install.Vault { return vault{s} }

type vault struct{ s *Store }

// secretContext is what the secret of an account is sealed for. No install has such a context.
func secretContext(account string) string { return "secret:" + account }

func (v vault) String() string { return v.s.String() }

func (v vault) Get(ctx context.Context, account string) ([]byte, error) {
	var sealed []byte
	err := v.s.run(ctx, "read", account, func(ctx context.Context, pool *pgxpool.Pool) error {
		err := pool.QueryRow(ctx, "SELECT sealed FROM segctl_secrets WHERE profile = $1 AND account = $2", v.s.o.Profile, account).Scan(&sealed)
		if errors.Is(err, pgx.ErrNoRows) {
			return install.ErrNotFound
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return v.s.open(account, secretContext(account), sealed)
}

func (v vault) Set(ctx context.Context, account string, secret []byte) error {
	if err := v.s.o.Keys.CanSeal(); err != nil {
		return v.s.noKey("write", account, err)
	}
	sealed, err := v.s.o.Keys.Seal(secretContext(account), secret)
	if err != nil {
		return v.s.noKey("write", account, err)
	}
	return v.s.run(ctx, "write", account, func(ctx context.Context, pool *pgxpool.Pool) error {
		_, err := pool.Exec(ctx, `INSERT INTO segctl_secrets (profile, account, sealed, seal) VALUES ($1, $2, $3, $4)
			ON CONFLICT (profile, account) DO UPDATE SET sealed = excluded.sealed, seal = excluded.seal`,
			v.s.o.Profile, account, sealed, v.s.o.Keys.ID())
		return err
	})
}

func (v vault) Delete(ctx context.Context, account string) error {
	return v.s.run(ctx, "delete", account, func(ctx context.Context, pool *pgxpool.Pool) error {
		tag, err := pool.Exec(ctx, "DELETE FROM segctl_secrets WHERE profile = $1 AND account = $2", v.s.o.Profile, account)
		if err == nil && tag.RowsAffected() == 0 {
			return install.ErrNotFound
		}
		return err
	})
}

// Prepare keeps a secret of that size for a moment beside the one there is.
func (v vault) Prepare(ctx context.Context, account string, _ []byte, size int) (install.Pending, error) {
	if err := v.probe(ctx, size); err != nil {
		return nil, err
	}
	return pending{v, account}, nil
}

// probe writes under a name that nobody else has, and leaves nothing behind.
func (v vault) probe(ctx context.Context, size int) error {
	if err := v.s.o.Keys.Ready(); err != nil {
		return v.s.noKey("write", "the seals", err)
	}
	account := v.s.account("probe-" + rand.Text())
	err := install.ProbeVault(ctx, v, account, size)
	if err != nil {
		_ = v.Delete(context.WithoutCancel(ctx), account)
	}
	return err
}

type pending struct {
	vault   vault
	account string
}

func (p pending) Commit(ctx context.Context, secret []byte) error {
	return p.vault.Set(ctx, p.account, secret)
}

func (pending) Abort() {}

// Ready returns why the store cannot be used here, or nil: the database is reached and has the schema that is known here,
// the keys seal and open, and they open what is kept.
func (s *Store) Ready(ctx context.Context) error {
	if err := s.CheckSchema(ctx); err != nil {
		return err
	}
	if err := s.o.Keys.Ready(); err != nil {
		return s.noKey("read", "the seals", err)
	}
	var name string
	var sealed []byte
	err := s.run(ctx, "read", "installs", func(ctx context.Context, pool *pgxpool.Pool) error {
		err := pool.QueryRow(ctx, "SELECT name, token FROM segctl_installs WHERE profile = $1 AND token IS NOT NULL LIMIT 1",
			s.o.Profile).Scan(&name, &sealed)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil || sealed == nil {
		return err
	}
	if _, err := s.open(s.account(name), s.account(name), sealed); err != nil && !isCorrupt(err) {
		return err // what is damaged is that install's affair
	}
	return nil
}

// Ready is that of the store.
func (v vault) Ready(ctx context.Context) error { return v.s.Ready(ctx) }

// Probe also takes and gives back the lease of an install: those are in another table. No other machine's probe has the
// same names.
func (s *Store) Probe(ctx context.Context) error {
	if err := s.Vault().(vault).probe(ctx, install.MaxRecord); err != nil {
		return err
	}
	l, err := s.acquire(ctx, "probe-"+rand.Text())
	if err != nil {
		return err
	}
	l.release(ctx)
	return nil
}
