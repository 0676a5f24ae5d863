package output

import (
	"fmt"
	"slices"
	"strings"
)

// ColumnName returns what a column is called on a command line: its title, with dashes for blanks.
func ColumnName(title string) string { return strings.ReplaceAll(title, " ", "-") }

// CheckColumns returns a [*FormatError] unless each of the wanted columns is that of a title.
func CheckColumns(wanted, titles []string) error {
	for _, column := range wanted {
		if columnOf(column, titles) < 0 {
			return unknownColumn(column, titles)
		}
	}
	return nil
}

// columnOf returns the title that a column means: that very text or, where there is none, one that differs in capitals and
// dashes only. It is negative for none.
func columnOf(column string, titles []string) int {
	if i := slices.Index(titles, column); i >= 0 {
		return i
	}
	key := func(text string) string { return strings.ToLower(strings.ReplaceAll(ColumnName(text), "_", "-")) }
	return slices.IndexFunc(titles, func(title string) bool { return key(title) == key(column) })
}

func unknownColumn(column string, titles []string) error {
	valid := make([]string, len(titles))
	for i, title := range titles {
		valid[i] = ColumnName(title)
	}
	return &FormatError{Msg: fmt.Sprintf("unknown column %q", column), Valid: valid}
}

// checkColumns returns a [*FormatError] if columns cannot be chosen in the format that is wanted.
func (p *Printer) checkColumns() error {
	switch {
	case slices.Contains(p.Columns, ""):
		return &FormatError{Msg: "--columns has an empty name in it"}
	case p.JQ != "" || p.Template != "":
		return &FormatError{Msg: "--columns is for tables, and --jq and --template work on JSON"}
	case !p.Effective().isTabular():
		return &FormatError{Msg: fmt.Sprintf("--columns is for table, tsv and csv, not for %s: --jq chooses fields of JSON", p.Format)}
	}
	return nil
}

// Titles returns the titles of the columns or, in a view of one resource, the names of its rows.
func (t Table) Titles() []string {
	if t.Header != nil {
		return t.Header
	}
	var names []string
	for _, row := range t.Rows {
		names = append(names, row[0])
	}
	return names
}

// pick returns the table with some columns alone, in the order in which they are named. In a view of one resource, they
// are its rows.
func (t Table) pick(columns []string) (Table, error) {
	titles := t.Titles()
	at := make([]int, len(columns))
	for i, column := range columns {
		if at[i] = columnOf(column, titles); at[i] < 0 {
			return Table{}, unknownColumn(column, titles)
		}
	}
	if t.Header == nil {
		return Table{Rows: picked(t.Rows, at), Tint: t.Tint}, nil
	}
	chosen := Table{Header: picked(t.Header, at), Rows: make([][]string, len(t.Rows))}
	for i, row := range t.Rows {
		chosen.Rows[i] = picked(row, at)
	}
	if t.Tint != nil {
		chosen.Tint = func(column int, cell string) Style { return t.Tint(at[column], cell) }
	}
	return chosen, nil
}

// picked returns some elements of a list. Those that a short list does not have are empty.
func picked[T any](list []T, at []int) []T {
	chosen := make([]T, len(at))
	for i, n := range at {
		if n < len(list) {
			chosen[i] = list[n]
		}
	}
	return chosen
}
