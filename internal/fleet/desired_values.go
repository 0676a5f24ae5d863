package fleet

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/segctl/segctl/internal/destination/desired"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
)

// values are the variables that the CSV of a file has for each install.
type values struct {
	table *Table         // nil without a CSV
	rows  map[string]Row // by the name of the install
}

// readValues reads the CSV that a file names, if it does, and finds the installs of its rows. A row whose install is not
// saved here, or may be several, is nobody's.
func readValues(f *desired.File, index *install.Index) (*values, error) {
	if f.Values == "" {
		return &values{}, nil
	}
	table, err := openTable(f.Values)
	if err != nil {
		return nil, at(f.ValuesAt, err)
	}
	v := &values{table, make(map[string]Row, len(table.Rows))}
	for _, row := range table.Rows {
		found := index.Find(row.Install())
		if len(found) != 1 {
			continue
		}
		name := found[0].Name
		if first, twice := v.rows[name]; twice {
			return nil, problem.Usage("%s:%d: %s has a row already, in line %d", table.Name, row.Line, name, first.Line).
				Hint("their names and labels", "installs", "list")
		}
		v.rows[name] = row
	}
	return v, nil
}

func openTable(path string) (*Table, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, problem.Usage("%w", err)
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, problem.Usage("%s is a folder", path)
	}
	return ReadTable(file, path)
}

// get returns the text of a variable for an install, "" for none. Where the CSV has the variable, what it has for that
// install alone is meant: the environment has the same for all of them.
func (v *values) get(install, name string, env func(string) (string, bool)) string {
	if v.has(name) {
		if row, ok := v.rows[install]; ok {
			return row.Get(name)
		}
		return ""
	}
	text, _ := env(name)
	return text
}

func (v *values) has(name string) bool { return v.table != nil && v.table.Has(name) }

// missing are the variables without a text.
type missing struct {
	all []*unset
	by  map[string]*unset
}

// unset is a variable of one place in a file that is missing.
type unset struct {
	desired.Missing
	csv      string // that has the variable for other installs; "" where it is not in the environment
	installs []string
}

func (m *missing) add(card install.Card, v *values, found []desired.Missing) {
	if m.by == nil {
		m.by = map[string]*unset{}
	}
	for _, one := range found {
		key := one.Place + " " + one.Name
		if m.by[key] == nil {
			m.by[key] = &unset{Missing: one}
			if v.has(one.Name) {
				m.by[key].csv = v.table.Name
			}
			m.all = append(m.all, m.by[key])
		}
		m.by[key].installs = append(m.by[key].installs, customer(card))
	}
}

// err returns a *problem.Error that lists all of them, nil where there is none.
func (m *missing) err() error {
	if len(m.all) == 0 {
		return nil
	}
	texts := make([]string, len(m.all))
	for i, u := range m.all {
		texts[i] = fmt.Sprintf("%s: ${%s} is not set", u.Place, u.Name)
		if u.csv != "" {
			texts[i] = fmt.Sprintf("%s: ${%s} has no value in %s for %s: %s", u.Place, u.Name, u.csv, installs(len(u.installs)), some(u.installs))
		}
	}
	texts = slices.Compact(texts)
	return problem.Usage("%s", strings.Join(texts, "; ")).
		Hint("variables are those of the environment, or columns of the CSV that values: names", "dest", "apply", "--help")
}
