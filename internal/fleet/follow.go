package fleet

import (
	"context"
	"errors"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install"
)

// Following is a choice of installs that is looked at again and again, as they are saved at the time.
type Following struct {
	World     *account.World
	Selection Selection      // by All or Match; a zero one follows the Cards one by one
	Cards     []install.Card // those of the first time

	began bool
}

// Now returns the installs as they are now: those of the first time at first. Of Cards, those that are removed meanwhile are
// left out. The errors are those of [Selection.Saved] and of the store.
func (f *Following) Now(ctx context.Context) ([]install.Card, error) {
	if !f.began {
		f.began = true
		return f.Cards, nil
	}
	if !f.Selection.IsZero() {
		cards, _, err := f.Selection.Saved(ctx, f.World)
		return cards, err
	}
	var cards []install.Card
	for _, card := range f.Cards {
		if card.Name != "" { // a token that was given is no saved install
			now, err := f.World.Store.Card(ctx, card.Name)
			if errors.Is(err, install.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			card = now
		}
		cards = append(cards, card)
	}
	return cards, nil
}
