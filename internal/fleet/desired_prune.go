package fleet

import (
	"context"
	"slices"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/segment"
)

// prune returns targets for the destinations that the files manage no more: on each install that is chosen or, without a
// choice, that an entry is for, those of a slug that some entry names, and that no entry wants there. A slug that no entry
// names is never touched: with a workspace scope, the destinations of others are there to see. targets are those that the
// entries want. Where it cannot be found out, there is a target that fails.
//
// It has to ask Segment where the scope of an install does not tell the one destination that it is for.
func (d *Desired) prune(ctx context.Context, w *account.World, targets []Target, concurrency int) ([]Target, error) {
	p := &pruner{world: w, slugs: d.slugs(), wanted: map[string][]destination.Wanted{}}
	if len(p.slugs) == 0 {
		return nil, nil
	}
	var cards []install.Card
	for _, t := range targets {
		if p.wanted[t.Card.Name] == nil && !d.Narrow {
			cards = append(cards, t.Card)
		}
		p.wanted[t.Card.Name] = append(p.wanted[t.Card.Name], t.Want)
	}
	if d.Narrow {
		cards = d.Chosen
	}
	found := make(map[string][]Target, len(cards))
	each(ctx, cards, concurrency, p.look, func(card install.Card, more []Target) { found[card.Name] = more })
	var all []Target
	for _, card := range cards {
		all = append(all, found[card.Name]...)
	}
	return all, ctx.Err()
}

// slugs are the slugs that entries name.
func (d *Desired) slugs() []string {
	var slugs []string
	for _, f := range d.Files {
		for _, e := range f.Entries {
			if slug := e.Slug(); slug != "" {
				slugs = append(slugs, slug)
			}
		}
	}
	slices.Sort(slugs)
	return slices.Compact(slugs)
}

// pruner looks for what is not wanted any more.
type pruner struct {
	world  *account.World
	slugs  []string
	wanted map[string][]destination.Wanted // by the name of the install
}

// look returns the destinations of an install that are to go.
func (p *pruner) look(ctx context.Context, card install.Card) []Target {
	if slug := card.Scope.Destination(); slug != "" {
		// It is for one destination on one source, and reaches no other.
		if !slices.Contains(p.slugs, slug) || len(p.wanted[card.Name]) > 0 {
			return nil
		}
		return []Target{{Card: card, Want: destination.Wanted{Destination: slug, Absent: true}}}
	}
	names, err := p.search(ctx, card)
	if err != nil {
		return []Target{{Card: card, Want: destination.Wanted{Absent: true}, Err: err}}
	}
	targets := make([]Target, len(names))
	for i, name := range names {
		targets[i] = Target{Card: card, Want: destination.Wanted{Destination: name.String(), Absent: true}}
	}
	return targets
}

// search looks on all sources of an install.
func (p *pruner) search(ctx context.Context, card install.Card) ([]segment.Name, error) {
	acc, err := open(ctx, p.world, card)
	if err != nil {
		return nil, err
	}
	wanted := map[segment.Name]bool{}
	for _, w := range p.wanted[card.Name] {
		name, err := acc.Destination(ctx, w.Destination, w.Place)
		if err != nil {
			return nil, err
		}
		wanted[name] = true
	}
	sources, err := acc.AllSources(ctx)
	if err != nil {
		return nil, err
	}
	var found []segment.Name
	for _, source := range sources {
		for _, slug := range p.slugs {
			name := source
			name.Destination = slug
			if wanted[name] {
				continue
			}
			_, err := acc.API().Destination(ctx, name)
			switch {
			case err == nil:
				found = append(found, name)
			case segment.HasReason(err, segment.NotFound), segment.HasReason(err, segment.PermissionDenied):
			default:
				return nil, err
			}
		}
	}
	return found, acc.Unsaved()
}
