package install

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/segctl/segctl/internal/wire"
)

// Cards reads no secret, with one exception: a card that is damaged is made anew from the record.
func (s *vaultStore) Cards(ctx context.Context) ([]Card, error) {
	if err := s.migrate(ctx); err != nil {
		return nil, err
	}
	if v, ok := s.vault.(interface{ tidy() }); ok {
		v.tidy()
	}
	var all []Card
	err := s.cards.each(func(name string, card Card, err error) error {
		if isKind(err, Corrupt) {
			card, err = s.repaired(ctx, name, err)
		}
		all = append(all, card)
		return err
	})
	if err != nil {
		return nil, err
	}
	return sorted(all), nil
}

func (s *vaultStore) Card(ctx context.Context, name string) (Card, error) {
	name, err := wire.ParseInstallName(name)
	if err != nil {
		return Card{}, err
	}
	if err := s.migrate(ctx); err != nil {
		return Card{}, err
	}
	card, _, err := s.cards.read(name)
	if isKind(err, Corrupt) {
		return s.repaired(ctx, name, err)
	}
	return card, err
}

// repaired returns what a damaged card should say, from the record, or the damage where there is none. The next change of
// the install writes the card.
func (s *vaultStore) repaired(ctx context.Context, name string, damage error) (Card, error) {
	i, _, err := s.record(ctx, name)
	if err != nil {
		return Card{}, damage
	}
	return i.Card, nil
}

// Add writes the cards alone, and waits for the disk once. Installs that are kept already are changed one by one, where
// there is anything to change.
func (s *vaultStore) Add(ctx context.Context, added []Card) error {
	all := make(map[string]Card, len(added))
	for _, c := range added {
		if !IsCanonical(c.Name) {
			return &wire.InstallNameError{Name: c.Name}
		}
		c.ObtainedAt, c.ExpiresAt = time.Time{}, time.Time{} // there is no token
		all[c.Name] = c
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	// The only install is the current one, and stays so.
	if err := s.cards.choice().Keep(s.cards.kept()); err != nil {
		return err
	}
	taken, err := s.cards.create(all)
	if err != nil {
		return err
	}
	var failed []error
	for _, name := range taken {
		if err := s.extend(ctx, name, all[name]); err != nil {
			failed = append(failed, err)
		}
		if err := ctx.Err(); err != nil {
			failed = append(failed, err)
			break
		}
	}
	return errors.Join(failed...)
}

// extend adds what a card says to an install that is kept.
func (s *vaultStore) extend(ctx context.Context, name string, card Card) error {
	known, err := s.Card(ctx, name)
	if err != nil {
		return err
	}
	if err := known.CheckServer(card.Issuer, card.Origin); err != nil {
		return err
	}
	if sameCard(known, known.with(card)) {
		return nil
	}
	return s.Update(ctx, name, func(old *Install) (*Install, error) {
		if old == nil {
			return &Install{Card: card}, nil
		}
		if err := old.CheckServer(card.Issuer, card.Origin); err != nil {
			return nil, err
		}
		return &Install{old.with(card), old.Token}, nil
	})
}

func sameCard(a, b Card) bool {
	if !slices.Equal(a.Workspaces, b.Workspaces) || !slices.Equal(a.Sources, b.Sources) {
		return false
	}
	return a.Label == b.Label && a.App == b.App && a.Scope == b.Scope && a.ClientID == b.ClientID &&
		a.Issuer == b.Issuer && a.Origin == b.Origin
}

func (s *vaultStore) Current(ctx context.Context) (string, error) {
	if err := s.migrate(ctx); err != nil {
		return "", err
	}
	return s.cards.choice().Current(s.cards.kept())
}

func (s *vaultStore) Use(ctx context.Context, name string) error {
	card, err := s.Card(ctx, name)
	if err != nil {
		return err
	}
	return s.cards.choose(card.Name)
}
