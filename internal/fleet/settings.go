package fleet

import (
	"bytes"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
)

// Settings are values of settings for each of many installs, as a CSV file gives them. An empty cell gives none.
type Settings struct{ table *Table }

// ReadSettings reads them. name is what the file is called in errors, which are *problem.Error.
func ReadSettings(text []byte, name string) (*Settings, error) {
	table, err := ReadTable(bytes.NewReader(text), name)
	if err != nil {
		return nil, err
	}
	if len(table.Settings()) == 0 {
		return nil, problem.Usage("%s has no column that is named for a setting, such as apiKey", name).
			Hint("the settings there are", "catalog", "get", "SLUG")
	}
	return &Settings{table}, nil
}

// Installs returns what the file calls the installs, in its order.
func (s *Settings) Installs() []string {
	names := make([]string, len(s.table.Rows))
	for i, row := range s.table.Rows {
		names[i] = row.Install()
	}
	return names
}

// Targets returns a target for each card, with its settings. A card without a row is a *problem.Error: what holds for the
// others would go to it without its own key.
func (s *Settings) Targets(cards []install.Card) ([]Target, error) {
	index, rows := install.NewIndex(cards), map[string]Row{}
	for _, row := range s.table.Rows {
		// A name that means none of them, or several, is no one's row: the selection has its say about names.
		if found := index.Find(row.Install()); len(found) == 1 {
			if other, twice := rows[found[0].Name]; twice {
				return nil, problem.Usage("%s:%d: %s has a row already, in line %d", s.table.Name, row.Line, found[0].Name, other.Line).
					Hint("their names and labels", "installs", "list")
			}
			rows[found[0].Name] = row
		}
	}
	targets := make([]Target, 0, len(cards))
	var without []string
	for _, card := range cards {
		row, ok := rows[card.Name]
		if !ok {
			without = append(without, card.Name)
			continue
		}
		targets = append(targets, Target{Card: card, Want: destination.Wanted{Change: s.change(row)}})
	}
	if len(without) > 0 {
		return nil, problem.Usage("%s has no row for %d of the chosen installs: %s", s.table.Name, len(without), some(without)).
			Hint("their names and labels; without a choice, only the installs of the file are changed", "installs", "list")
	}
	return targets, nil
}

func (s *Settings) change(row Row) destination.Change {
	var c destination.Change
	for _, column := range s.table.Settings() {
		if value := row.Get(column); value != "" {
			c.Set = append(c.Set, destination.Pair{Name: column, Value: value})
		}
	}
	return c
}
