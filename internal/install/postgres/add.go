package postgres

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/wire"
)

// addAtOnce is how many installs one statement makes.
const addAtOnce = 2000

// Add makes the installs that are new with a few statements. Those that are kept already are changed one by one, where
// there is anything to change.
func (s *Store) Add(ctx context.Context, added []install.Card) error {
	all := make(map[string]install.Card, len(added))
	for _, c := range added {
		if !install.IsCanonical(c.Name) {
			return &wire.InstallNameError{Name: c.Name}
		}
		c.ObtainedAt, c.ExpiresAt = time.Time{}, time.Time{} // there is no token
		all[c.Name] = c
	}
	// The only install is the current one, and stays so.
	if s.o.Choice != (install.Choice{}) {
		if err := s.o.Choice.Keep(s.kept(ctx)); err != nil {
			return err
		}
	}
	var failed []error
	// In the order of the names: two that add at once do not wait for each other in a circle.
	for names := range slices.Chunk(slices.Sorted(maps.Keys(all)), addAtOnce) {
		taken, err := s.create(ctx, names, all)
		if err != nil {
			return errors.Join(append(failed, err)...)
		}
		for name, known := range taken {
			if err := s.extend(ctx, name, known, all[name]); err != nil {
				failed = append(failed, err)
			}
			if err := ctx.Err(); err != nil {
				return errors.Join(append(failed, err)...)
			}
		}
	}
	return errors.Join(failed...)
}

// create makes the installs that are new, and returns the others as they are.
func (s *Store) create(ctx context.Context, names []string, all map[string]install.Card) (taken map[string]row, err error) {
	cards := make([]string, len(names))
	for i, name := range names {
		card, err := install.EncodeCard(all[name])
		if err != nil {
			return nil, s.locate("write", name, err)
		}
		cards[i] = string(card)
	}
	err = s.run(ctx, "write", "installs", func(ctx context.Context, pool *pgxpool.Pool) error {
		// Places that were held by processes which were killed since then.
		if _, err := pool.Exec(ctx, `DELETE FROM segctl_installs WHERE profile = $1 AND card IS NULL
			AND (lease IS NULL OR lease_until < clock_timestamp() - interval '1 hour')`, s.o.Profile); err != nil {
			return err
		}
		// A row that holds the place of an install is taken over, unless somebody is about to fill it.
		rows, err := pool.Query(ctx, `
			INSERT INTO segctl_installs AS i (profile, name, card)
			SELECT $1, name, card::jsonb FROM unnest($2::text[], $3::text[]) AS added (name, card)
			ON CONFLICT (profile, name) DO UPDATE
			SET card = excluded.card, version = i.version + 1, holder = NULL, lease = NULL, lease_until = NULL, reserve = NULL
			WHERE i.card IS NULL AND (i.lease IS NULL OR i.lease_until <= clock_timestamp())
			RETURNING name`, s.o.Profile, names, cards)
		if err != nil {
			return err
		}
		made, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil || len(made) == len(names) {
			return err
		}
		rows, err = pool.Query(ctx, "SELECT name, card FROM segctl_installs WHERE profile = $1 AND name = ANY($2)", s.o.Profile,
			without(names, made))
		if err != nil {
			return err
		}
		taken = map[string]row{}
		var name string
		var card []byte
		_, err = pgx.ForEachRow(rows, []any{&name, &card}, func() error {
			taken[name] = row{card: slices.Clone(card)}
			return nil
		})
		return err
	})
	return taken, err
}

// without returns the names that are not among the others.
func without(names, others []string) []string {
	gone := make(map[string]bool, len(others))
	for _, name := range others {
		gone[name] = true
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return gone[name] })
}

// extend adds what a card says to an install that is kept.
func (s *Store) extend(ctx context.Context, name string, r row, card install.Card) error {
	if known, err := s.cardOf(name, r); r.card != nil && err == nil {
		if err := known.CheckServer(card.Issuer, card.Origin); err != nil {
			return err
		}
		if _, changes := known.Extend(card); !changes {
			return nil
		}
	}
	return s.Update(ctx, name, func(old *install.Install) (*install.Install, error) {
		if old == nil {
			return &install.Install{Card: card}, nil
		}
		if err := old.CheckServer(card.Issuer, card.Origin); err != nil {
			return nil, err
		}
		extended, _ := old.Extend(card)
		return &install.Install{Card: extended, Token: old.Token}, nil
	})
}
