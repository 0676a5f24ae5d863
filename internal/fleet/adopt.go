package fleet

import (
	"context"
	"slices"
	"strings"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
)

// Adoption is what keeping the installs of a table comes to. Nothing is sent for it: an install that is new gets its token
// when that is needed first.
type Adoption struct {
	Added, Updated, Unchanged int
	Faults                    []Fault // of the rows that are left out

	cards []install.Card // those that are added or updated
}

// adopted is the card that a row makes.
type adopted struct {
	row  Row
	card install.Card
}

// Adopt finds out what keeping the installs of a table comes to. faults are those of rows that could not be read. The error
// is a *problem.Error for the columns, one of [account.World.Binding], or of the store.
func Adopt(ctx context.Context, w *account.World, t *Table, faults []Fault) (*Adoption, error) {
	if err := t.checkColumns(); err != nil {
		return nil, err
	}
	binding, err := w.Binding()
	if err != nil {
		return nil, err
	}
	saved, err := w.Store.Cards(ctx)
	if err != nil {
		return nil, err
	}
	known := make(map[string]install.Card, len(saved))
	for _, card := range saved {
		known[card.Name] = card
	}
	a := &Adoption{Faults: slices.Clone(faults)}
	var rows []adopted
	for _, row := range t.Rows {
		card, fault, err := row.card(binding)
		if err != nil {
			return nil, err
		}
		if fault == (Fault{}) {
			fault = row.conflict(card, known)
		}
		if fault != (Fault{}) {
			a.Faults = append(a.Faults, fault)
			continue
		}
		rows = append(rows, adopted{row, card})
	}
	a.count(a.dropLabels(rows, saved), known)
	slices.SortStableFunc(a.Faults, func(x, y Fault) int { return x.Line - y.Line })
	return a, nil
}

// Save keeps the installs, in one pass.
func (a *Adoption) Save(ctx context.Context, w *account.World) error {
	return w.Store.Add(ctx, a.cards)
}

// conflict says why an install cannot be the one of the same name that is saved here.
func (r Row) conflict(card install.Card, known map[string]install.Card) Fault {
	old, found := known[card.Name]
	switch {
	case !found:
	case old.CheckServer(card.Issuer, card.Origin) != nil:
		return Fault{r.Line, ColumnInstall, card.Name + " is saved here as an install of another server, " + string(old.Origin)}
	case old.ClientID != "" && old.ClientID != card.ClientID:
		return Fault{r.Line, ColumnInstall, card.Name + " is saved here as an install of another App, with the client id " + old.ClientID}
	case r.Get(ColumnScope) != "" && old.Scope != "" && old.Scope != card.Scope:
		return Fault{r.Line, ColumnScope, card.Name + " is saved here with the scope " + string(old.Scope)}
	}
	return Fault{}
}

// brings returns what a row says of an install that is saved here already. The settings of this run say nothing of that one.
func (r adopted) brings() install.Card {
	c := r.card
	c.ClientID, c.Issuer, c.Origin = "", "", ""
	if r.row.Get(ColumnScope) == "" {
		c.Scope = ""
	}
	return c
}

// count finds out which installs are new, and which are changed.
func (a *Adoption) count(rows []adopted, known map[string]install.Card) {
	for _, r := range rows {
		old, found := known[r.card.Name]
		if !found {
			a.Added++
			a.cards = append(a.cards, r.card)
			continue
		}
		if _, changed := old.Extend(r.brings()); changed {
			a.Updated++
			a.cards = append(a.cards, r.brings())
			continue
		}
		a.Unchanged++
	}
}

// dropLabels takes out the rows that would give two installs one label, until there is none: an install whose row is taken
// out keeps the label that it has.
func (a *Adoption) dropLabels(rows []adopted, saved []install.Card) []adopted {
	for {
		owners := make(map[string]string, len(rows))
		relabelled := make(map[string]bool, len(rows))
		for _, r := range rows {
			relabelled[r.card.Name] = r.card.Label != ""
		}
		for _, card := range saved {
			if card.Label != "" && !relabelled[card.Name] {
				owners[card.Label] = card.Name
			}
		}
		before := len(rows)
		rows = slices.DeleteFunc(rows, func(r adopted) bool {
			owner, taken := owners[r.card.Label]
			if r.card.Label == "" || !taken {
				owners[r.card.Label] = r.card.Name
				return false
			}
			a.Faults = append(a.Faults, Fault{r.row.Line, ColumnLabel, "is that of " + owner + " already"})
			return true
		})
		if len(rows) == before {
			return rows
		}
	}
}

// checkColumns refuses a column that is most likely meant to be one about the install, and would be passed over.
func (t *Table) checkColumns() error {
	for _, column := range t.Settings() {
		for _, known := range InstallColumns() {
			if strings.TrimSuffix(strings.ToLower(column), "s") == known {
				return problem.Usage("%s: the column %q is not known, and was perhaps meant to be %q", t.Name, column, known).
					Hint("which columns there are", "installs", "import", "--help")
			}
		}
	}
	return nil
}
