package install

import (
	"slices"

	"github.com/segctl/segctl/internal/wire"
)

// Index finds cards by what a person calls them: each look-up costs the same however many there are.
type Index struct {
	names   map[string]Card
	labels  map[string][]Card
	covered map[place][]Card // by workspace, and by workspace and source
}

// NewIndex returns an index of the cards.
func NewIndex(cards []Card) *Index {
	x := &Index{make(map[string]Card, len(cards)), map[string][]Card{}, make(map[place][]Card, 2*len(cards))}
	for _, c := range cards {
		x.names[c.Name] = c
		if c.Label != "" {
			x.labels[c.Label] = append(x.labels[c.Label], c)
		}
		var keys []place
		for _, p := range c.places() {
			keys = append(keys, p, place{workspace: p.workspace})
		}
		for i, key := range keys {
			if !slices.Contains(keys[:i], key) {
				x.covered[key] = append(x.covered[key], c)
			}
		}
	}
	return x
}

// Find returns the cards that a text means, as the field Install of a [Selector]: the name of one goes before labels, and
// those before workspaces and workspace/source.
func (x *Index) Find(text string) []Card {
	if name, err := wire.ParseInstallName(text); err == nil {
		if c, ok := x.names[name]; ok {
			return []Card{c}
		}
	}
	if found := x.labels[text]; len(found) > 0 {
		return found
	}
	if wanted, ok := parsePlace(text); ok {
		return x.covered[wanted]
	}
	return nil
}
