package install

import "strings"

// Selector says which install is meant. What is empty does not matter.
type Selector struct {
	Install   string // a name ("installs/7", "7"), a label, the slug of a workspace, or workspace/source
	Workspace string // a slug or a full name
	Source    string // a slug or a full name
}

// Choose returns all the cards that match, in their order. Where Install is the name of one, that one is meant; a label
// comes next, and then the place. Workspace and Source mean the installs that are known to be for them; only where there
// are none, also those that may be: an install for a whole workspace covers its sources, and nothing may be known of an
// install that has no token yet.
func (s Selector) Choose(cards []Card) []Card {
	return s.byPlace(s.byInstall(cards))
}

func (s Selector) byInstall(cards []Card) []Card {
	if s.Install == "" {
		return cards
	}
	return NewIndex(cards).Find(s.Install)
}

func (s Selector) byPlace(cards []Card) []Card {
	if s.Workspace == "" && s.Source == "" {
		return cards
	}
	wanted := place{strings.TrimPrefix(s.Workspace, "workspaces/"), s.Source}
	if full, ok := parsePlace(s.Source); ok && full.source != "" {
		if wanted.workspace != "" && wanted.workspace != full.workspace {
			return nil // the two contradict each other
		}
		wanted = full
	}
	if found := filter(cards, func(c Card) bool { return c.covers(wanted) == certain }); len(found) > 0 {
		return found
	}
	return filter(cards, func(c Card) bool { return c.covers(wanted) == possible })
}

// covering is how well a card is known to be for a place.
type covering int

const (
	impossible covering = iota
	possible
	certain
)

// covers compares the card with a place, of which workspace or source may be empty.
func (c Card) covers(wanted place) covering {
	all := c.places()
	if len(all) == 0 {
		return possible
	}
	best := impossible
	for _, p := range all {
		switch {
		case wanted.workspace != "" && p.workspace != wanted.workspace:
		case wanted.source == "" || p.source == wanted.source:
			return certain
		case p.source == "":
			best = possible
		}
	}
	return best
}

func filter(cards []Card, keep func(Card) bool) []Card {
	var found []Card
	for _, c := range cards {
		if keep(c) {
			found = append(found, c)
		}
	}
	return found
}
