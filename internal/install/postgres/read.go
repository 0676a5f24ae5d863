package postgres

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/wire"
)

// Cards reads no secret, with one exception: a card that is damaged is made anew from the record.
func (s *Store) Cards(ctx context.Context) ([]install.Card, error) {
	return s.cards(ctx, "SELECT name, card FROM segctl_installs WHERE profile = $1 AND card IS NOT NULL", s.o.Profile)
}

// CardsOf returns the cards of those installs that are kept of the ones named, as Cards returns them all.
func (s *Store) CardsOf(ctx context.Context, names []string) ([]install.Card, error) {
	return s.cards(ctx, "SELECT name, card FROM segctl_installs WHERE profile = $1 AND card IS NOT NULL AND name = ANY($2)", s.o.Profile, names)
}

// cards returns the cards that a query finds, sorted by name.
func (s *Store) cards(ctx context.Context, query string, args ...any) ([]install.Card, error) {
	const op, what = "read", "installs"
	s.o.Choice.Tidy()
	type named struct {
		name string
		card []byte
	}
	var all []named
	err := s.run(ctx, op, what, func(ctx context.Context, pool *pgxpool.Pool) error {
		rows, err := pool.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		all, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (n named, err error) {
			return n, r.Scan(&n.name, &n.card)
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	var cards []install.Card
	for _, n := range all {
		if !install.IsCanonical(n.name) {
			continue // no install has such a name
		}
		card, err := s.cardOf(n.name, row{card: n.card})
		if isCorrupt(err) {
			card, err = s.repaired(ctx, n.name, err)
		}
		if err != nil {
			return nil, err
		}
		cards = append(cards, card)
	}
	slices.SortFunc(cards, func(a, b install.Card) int { return strings.Compare(a.Name, b.Name) })
	return cards, nil
}

// repaired returns what a damaged card should say, from the record, or the damage where there is none. The next change of
// the install writes the card.
func (s *Store) repaired(ctx context.Context, name string, damage error) (install.Card, error) {
	r, err := s.row(ctx, name, true)
	if err != nil || r.token == nil {
		return install.Card{}, damage
	}
	i, err := s.install(name, r)
	if err != nil {
		return install.Card{}, damage
	}
	return i.Card, nil
}

// row reads an install, with its sealed record or without. The error wraps [install.ErrNotFound] where there is none.
func (s *Store) row(ctx context.Context, name string, record bool) (row, error) {
	var r row
	err := s.run(ctx, "read", s.account(name), func(ctx context.Context, pool *pgxpool.Pool) error {
		err := pool.QueryRow(ctx, `SELECT card, CASE WHEN $3 THEN token END FROM segctl_installs
			WHERE profile = $1 AND name = $2 AND card IS NOT NULL`, s.o.Profile, name, record).Scan(&r.card, &r.token)
		if errors.Is(err, pgx.ErrNoRows) {
			return notFound(name)
		}
		return err
	})
	return r, err
}

// Card reads no secret, with the exception of Cards.
func (s *Store) Card(ctx context.Context, name string) (install.Card, error) {
	name, err := wire.ParseInstallName(name)
	if err != nil {
		return install.Card{}, err
	}
	r, err := s.row(ctx, name, false)
	if err != nil {
		return install.Card{}, err
	}
	card, err := s.cardOf(name, r)
	if isCorrupt(err) {
		return s.repaired(ctx, name, err)
	}
	return card, err
}

// Get returns an install with its token.
func (s *Store) Get(ctx context.Context, name string) (install.Install, error) {
	name, err := wire.ParseInstallName(name)
	if err != nil {
		return install.Install{}, err
	}
	r, err := s.row(ctx, name, true)
	if err != nil {
		return install.Install{}, err
	}
	return s.install(name, r)
}

// Current returns the install that was chosen on this machine, or the only one.
func (s *Store) Current(ctx context.Context) (string, error) { return s.o.Choice.Current(s.kept(ctx)) }

// Use makes an install the current one on this machine.
func (s *Store) Use(ctx context.Context, name string) error {
	card, err := s.Card(ctx, name)
	if err != nil {
		return err
	}
	return s.o.Choice.Make(card.Name)
}

// kept answers what a choice asks.
func (s *Store) kept(ctx context.Context) install.Kept {
	return install.Kept{
		Has: func(name string) (bool, error) {
			_, err := s.row(ctx, name, false)
			if errors.Is(err, install.ErrNotFound) {
				return false, nil
			}
			return err == nil, err
		},
		Names: func() (names []string, err error) {
			err = s.run(ctx, "read", "installs", func(ctx context.Context, pool *pgxpool.Pool) error {
				rows, err := pool.Query(ctx, "SELECT name FROM segctl_installs WHERE profile = $1 AND card IS NOT NULL LIMIT 3", s.o.Profile)
				if err != nil {
					return err
				}
				names, err = pgx.CollectRows(rows, pgx.RowTo[string])
				return err
			})
			return names, err
		},
	}
}
