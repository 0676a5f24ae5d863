package fleet

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
)

// Selection says which of the saved installs are meant. The zero value means none.
type Selection struct {
	All   bool
	Match []string // globs, of which one must match the label or workspace/source
	Names []string // as --install takes them: names, labels, workspaces, workspace/source
	From  string   // where Names are from, in words, such as names.txt
}

// IsZero reports whether nothing is selected.
func (s Selection) IsZero() bool {
	return !s.All && len(s.Match) == 0 && len(s.Names) == 0 && s.From == ""
}

// Saved returns the saved installs that a selection means. Those of other servers, which it means only if it names them,
// are left out and counted. A token that was given for this run is an *account.GivenTokenError, for it is one install's. The
// other errors are those of Choose and of the store.
func (s Selection) Saved(ctx context.Context, w *account.World) (chosen []install.Card, elsewhere int, err error) {
	if w.Given != "" {
		return nil, 0, &account.GivenTokenError{From: w.GivenFrom, Install: "several"}
	}
	cards, err := w.Store.Cards(ctx)
	if err != nil {
		return nil, 0, err
	}
	if s.From == "" {
		_, api := w.Settings.Server()
		here := slices.DeleteFunc(slices.Clone(cards), func(c install.Card) bool { return c.CheckServer("", api) != nil })
		cards, elsewhere = here, len(cards)-len(here)
	}
	chosen, err = s.Choose(cards)
	return chosen, elsewhere, err
}

// maxListed is how many names a message lists.
const maxListed = 5

// Choose returns the cards that are meant, each once, in their order; those of a list are in the order of the list. A
// name that is no install or several, a pattern that is none, and a selection that no install is in are *problem.Error.
func (s Selection) Choose(cards []install.Card) ([]install.Card, error) {
	if s.From != "" || len(s.Names) > 0 {
		return s.named(install.NewIndex(cards))
	}
	for _, pattern := range s.Match {
		if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
			return nil, problem.Usage("%q is not a pattern: * stands for any text, ? for one character, [ab] for one of them", pattern).
				Hint("all of them", "installs", "list")
		}
	}
	var chosen []install.Card
	for _, card := range cards {
		if s.All || slices.ContainsFunc(s.Match, func(pattern string) bool { return matches(pattern, card) }) {
			chosen = append(chosen, card)
		}
	}
	switch {
	case len(chosen) > 0:
		return chosen, nil
	case s.All:
		return nil, problem.With(problem.ExitSignIn, "no install is saved here").Hint("", "installs", "import", "--from", "customers.csv")
	}
	return nil, problem.With(problem.ExitSignIn, "none of %d saved installs matches %s", len(cards), strings.Join(s.Match, ", ")).
		Hint("all of them", "installs", "list")
}

// matches reports whether a pattern matches the label of an install or one of its places. An asterisk stands for a slash
// as well, which path.Match has apart: acme* means every source of acme.
func matches(pattern string, card install.Card) bool {
	flat := func(text string) string { return strings.ReplaceAll(text, "/", "\x00") }
	for _, text := range append(strings.Split(card.Place(), ","), card.Label) {
		if ok, _ := path.Match(flat(pattern), flat(text)); ok && text != "" {
			return true
		}
	}
	return false
}

// named returns the cards of a list.
func (s Selection) named(index *install.Index) ([]install.Card, error) {
	var chosen []install.Card
	var unknown, ambiguous []string
	seen := map[string]bool{}
	for _, name := range s.Names {
		found := index.Find(name)
		switch {
		case len(found) == 0:
			unknown = append(unknown, name)
		case len(found) > 1:
			ambiguous = append(ambiguous, name)
		case !seen[found[0].Name]:
			seen[found[0].Name] = true
			chosen = append(chosen, found[0])
		}
	}
	switch {
	case len(unknown) > 0:
		return nil, problem.With(problem.ExitSignIn, "%s names %d installs that are not saved here: %s", s.From, len(unknown), some(unknown)).
			Hint("those that are", "installs", "list")
	case len(ambiguous) > 0:
		return nil, problem.Usage("%s names several installs at once: %s", s.From, some(ambiguous)).
			Hint("their names, which are unique", "installs", "list")
	case len(chosen) == 0:
		return nil, problem.Usage("%s names no install", s.From).Hint("those that are saved", "installs", "list")
	}
	return chosen, nil
}

// some lists the first few of many names.
func some(names []string) string {
	if len(names) <= maxListed {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:maxListed], ", ") + ", …"
}
