package postgres

import (
	"bytes"
	"context"
	"reflect"

	"github.com/jackc/pgx/v5"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/wire"
)

// Update holds the install by a lease while change runs, and keeps the change only if the lease was not lost meanwhile.
func (s *Store) Update(ctx context.Context, name string, change func(old *install.Install) (*install.Install, error)) error {
	name, err := wire.ParseInstallName(name)
	if err != nil {
		return err
	}
	// Nothing may be obtained that could not be sealed, and so not kept.
	if err := s.o.Keys.CanSeal(); err != nil {
		return s.noKey("write", s.account(name), err)
	}
	l, err := s.acquire(ctx, name)
	if err != nil {
		return err
	}
	defer l.release(ctx)
	old, err := s.found(name, l.row)
	if err != nil {
		return err
	}
	changed, err := change(old)
	if err != nil {
		return err
	}
	return s.finish(context.WithoutCancel(ctx), l, old, changed)
}

func (s *Store) finish(ctx context.Context, l *lease, old, changed *install.Install) error {
	if changed == nil {
		if l.row.card == nil {
			return nil
		}
		if err := l.remove(ctx); err != nil {
			return err
		}
		return s.o.Choice.Forget(l.name)
	}
	if old != nil && reflect.DeepEqual(*old, *changed) && !s.stale(l.row, *changed) {
		return nil
	}
	r, err := s.rowOf(l.name, *changed)
	if err != nil {
		return err
	}
	if err := l.save(ctx, r); err != nil {
		return err
	}
	if l.row.card == nil && s.o.Choice != (install.Choice{}) {
		return s.o.Choice.MakeFirst(l.name, s.kept(ctx))
	}
	return nil
}

// stale reports whether a row says something else than the install that was read of it: its card or its record is damaged.
func (s *Store) stale(r row, i install.Install) bool {
	card, err := install.DecodeCard(r.card, i.Name)
	if err != nil || (r.token != nil) != (i.Token != "") {
		return true
	}
	want, wantErr := install.EncodeCard(i.Card)
	got, gotErr := install.EncodeCard(card)
	return wantErr != nil || gotErr != nil || !bytes.Equal(want, got)
}

// SaveTx changes an install inside a transaction of the caller, who commits it: the row is locked until then, and a lease
// that someone has is broken, so that its holder cannot overwrite what is saved here. change must not wait for anything.
// Which install is current stays as it is.
func (s *Store) SaveTx(ctx context.Context, tx pgx.Tx, name string, change func(old *install.Install) (*install.Install, error)) error {
	name, err := wire.ParseInstallName(name)
	if err != nil {
		return err
	}
	op, account := "write", s.account(name)
	if _, err := tx.Exec(ctx, "INSERT INTO segctl_installs (profile, name) VALUES ($1, $2) ON CONFLICT DO NOTHING", s.o.Profile, name); err != nil {
		return s.fault(op, account, err)
	}
	var r row
	if err := tx.QueryRow(ctx, "SELECT card, token FROM segctl_installs WHERE profile = $1 AND name = $2 FOR UPDATE",
		s.o.Profile, name).Scan(&r.card, &r.token); err != nil {
		return s.fault(op, account, err)
	}
	old, err := s.found(name, r)
	if err != nil {
		return err
	}
	changed, err := change(old)
	if err != nil {
		s.dropPlace(ctx, tx, name)
		return err
	}
	if changed == nil {
		_, err := tx.Exec(ctx, "DELETE FROM segctl_installs WHERE profile = $1 AND name = $2", s.o.Profile, name)
		return s.fault("delete", account, err)
	}
	if r, err = s.rowOf(name, *changed); err != nil {
		s.dropPlace(ctx, tx, name)
		return err
	}
	_, err = tx.Exec(ctx, `
		UPDATE segctl_installs SET card = $3::jsonb, token = $4, seal = $5, version = version + 1, saved = NULL,
			holder = NULL, lease = NULL, lease_until = NULL, reserve = NULL
		WHERE profile = $1 AND name = $2`, s.o.Profile, name, string(r.card), r.token, s.sealID(r))
	return s.fault(op, account, err)
}

// dropPlace removes the row that held the place of an install which is not made, unless somebody else is about to make it.
// Should it fail, the row stays, and is none.
func (s *Store) dropPlace(ctx context.Context, tx pgx.Tx, name string) {
	_, _ = tx.Exec(ctx, "DELETE FROM segctl_installs WHERE profile = $1 AND name = $2 AND card IS NULL AND lease IS NULL", s.o.Profile, name)
}
