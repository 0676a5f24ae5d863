package fleet

import (
	"context"
	"strings"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/segment"
)

// Seen is the last known health of each destination that is watched. It is not safe for concurrent use.
type Seen struct {
	healths map[string]map[string]destination.Health // by install, and by what is watched of it
}

// NewSeen returns a Seen that has seen nothing.
func NewSeen() *Seen { return &Seen{map[string]map[string]destination.Health{}} }

// note keeps the health of a target and returns the one before, "" for a target that was never seen.
func (s *Seen) note(t Target, now destination.Health) (before destination.Health) {
	of := s.healths[t.Card.Name]
	if of == nil {
		of = map[string]destination.Health{}
		s.healths[t.Card.Name] = of
	}
	key := keyOf(t)
	before, of[key] = of[key], now
	return before
}

// KeepSaved forgets the installs that are not saved any more.
func (s *Seen) KeepSaved(ctx context.Context, w *account.World) error {
	cards, err := w.Store.Cards(ctx)
	if err != nil {
		return err
	}
	saved := make(map[string]bool, len(cards))
	for _, card := range cards {
		saved[card.Name] = true
	}
	s.Keep(func(name string) bool { return saved[name] })
	return nil
}

// Keep forgets the installs that are not kept.
func (s *Seen) Keep(kept func(install string) bool) {
	for name := range s.healths {
		if !kept(name) {
			delete(s.healths, name)
		}
	}
}

// inFile marks the targets whose health is by a file: without it, the same destination may have another one.
const inFile = " by a file"

// keyOf says which destination of its install a target is about, in the same words whether or not Segment can be reached
// and however it was named: by its full name where the install has one source, else as it was asked for.
func keyOf(t Target) string {
	key, want := "", t.Want
	if want.From != "" {
		key = inFile
	}
	slug := want.Destination
	switch {
	case strings.Contains(slug, "/"):
		return slug + key
	case slug == "":
		slug = t.Card.Scope.Destination()
	}
	if source, ok := sourceOf(t.Card, want); ok {
		source.Destination = slug
		return source.String() + key
	}
	return strings.Join([]string{want.Place.Workspace, want.Place.Source, slug}, " ") + key
}

// sourceOf returns the source that is meant, where the install alone tells.
func sourceOf(card install.Card, want destination.Wanted) (segment.Name, bool) {
	if len(card.Sources) != 1 {
		return segment.Name{}, false
	}
	source, err := segment.ParseName(card.Sources[0])
	asked := want.Place.Source
	return source, err == nil && (asked == "" || asked == source.Source || asked == card.Sources[0])
}

// id tells the targets of a run apart.
func id(t Target) string { return t.Card.Name + " " + keyOf(t) }
