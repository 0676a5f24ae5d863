package sandbox

import (
	"slices"
	"strings"
)

// addComponents gives each destination that an App's scope names, and the catalog lacks, an entry: a partner's own
// destination is there as soon as the App has a component for it, and need not be public. Apps that are made later, over
// the Config API, have no component yet.
func (s *Server) addComponents(plan seedPlan) {
	scopes := []string{s.options.Scope}
	for _, preset := range s.options.Tokens {
		if _, scope, err := presetToken(preset); err == nil { // an error is told where the token is made
			scopes = append(scopes, scope)
		}
	}
	for _, a := range plan.Apps {
		scopes = append(scopes, a.Scope)
	}
	for _, tok := range plan.Tokens {
		scopes = append(scopes, tok.Scope)
	}
	t := &tx{store: s.store}
	for _, scope := range scopes {
		slug, isNarrow := strings.CutPrefix(scope, scopeDestination)
		if !isNarrow || checkScope(scope) != nil || slices.Contains(s.added, slug) || t.lookup("catalog/destinations/"+slug) != nil {
			continue
		}
		entry := seedEntry(slug, titled(slug), "Raw Data", "CLOUD", required(text("apiKey", "API Key", "")))
		s.store.apply([]change{{entry.Name, entry}})
		s.added = append(s.added, slug)
	}
}

// AddedDestinations returns the slugs that the scopes of Apps name and the catalog lacks. Each has an entry all the same,
// with one setting, apiKey, which is required.
func (s *Server) AddedDestinations() []string { return slices.Clone(s.added) }

// titled makes a display name of a slug.
func titled(slug string) string {
	words := strings.FieldsFunc(slug, func(r rune) bool { return r == '-' || r == '_' })
	for i, word := range words {
		words[i] = strings.ToUpper(word[:1]) + word[1:]
	}
	if len(words) == 0 {
		return slug
	}
	return strings.Join(words, " ")
}
