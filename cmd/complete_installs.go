package cmd

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// findInstalls returns what --install takes: the names, labels and places of the saved installs. No secret is read for
// it, and no keyring is touched.
func (a *App) findInstalls(ctx context.Context, _ *cobra.Command, _ []string) []cobra.Completion {
	w, ok := a.quietWorld()
	if !ok {
		return nil
	}
	cards, err := w.Store.Cards(ctx)
	if err != nil {
		return nil
	}
	var found candidates
	for _, card := range cards {
		found.add(card.Name, strings.Join(nonEmpty(card.Label, card.Place()), ", "))
	}
	for _, card := range cards {
		if card.Label != "" {
			found.add(card.Label, strings.Join(nonEmpty(card.Name, card.Place()), ", "))
		}
	}
	for _, card := range cards {
		for _, place := range placesOf(card) {
			found.add(place, strings.Join(nonEmpty(card.Name, card.Label), ", "))
		}
	}
	return found.all
}

// placesOf returns the places that choose an install: its sources, or its workspaces where it has none.
func placesOf(card install.Card) []string {
	var places []string
	for _, name := range card.Sources {
		if parsed, err := segment.ParseName(name); err == nil && parsed.Source != "" {
			places = append(places, parsed.Workspace+"/"+parsed.Source)
		}
	}
	if len(places) > 0 {
		return places
	}
	for _, name := range card.Workspaces {
		if parsed, err := segment.ParseName(name); err == nil {
			places = append(places, parsed.Workspace)
		}
	}
	return places
}

// candidates are the words of a completion, each once.
type candidates struct {
	all  []cobra.Completion
	seen map[string]bool
}

// add adds a word with its description. A word that a shell would take for more than that is left out.
func (c *candidates) add(word, about string) {
	for part := range strings.SplitSeq(word, "/") {
		if wire.CheckID(part) != nil {
			return
		}
	}
	if c.seen[word] {
		return
	}
	if c.seen == nil {
		c.seen = map[string]bool{}
	}
	c.seen[word] = true
	c.all = append(c.all, described(word, about))
}
