package fleet

import (
	"slices"

	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/wire"
)

// The columns of a table that are about the install itself. Every other column is the name of a setting.
const (
	ColumnInstall   = "install"
	ColumnLabel     = "label"
	ColumnWorkspace = "workspace"
	ColumnSource    = "source"
	ColumnScope     = "scope"
)

// InstallColumns returns the columns that are about the install itself, in the order in which they are written.
func InstallColumns() []string {
	return []string{ColumnInstall, ColumnLabel, ColumnWorkspace, ColumnSource, ColumnScope}
}

// Table is what a CSV file such as customers.csv says: a row for each install. Cells of the columns that are about the
// install are without blanks around them; all others are as they stand in the file, and may be secrets.
type Table struct {
	Name    string // of the file, for messages
	Columns []string
	Rows    []Row
}

// Row is one install of a table.
type Row struct {
	Line  int // at which it begins, from 1
	cells []string
	table *Table
}

// Get returns a cell, "" where there is no such column.
func (r Row) Get(column string) string {
	if i := slices.Index(r.table.Columns, column); i >= 0 {
		return r.cells[i]
	}
	return ""
}

// Install returns the install that a row is about, as it is written there.
func (r Row) Install() string { return r.Get(ColumnInstall) }

// Has reports whether the table has a column.
func (t *Table) Has(column string) bool { return slices.Contains(t.Columns, column) }

// Settings returns the columns that are not about the install itself, in their order.
func (t *Table) Settings() []string {
	return slices.DeleteFunc(slices.Clone(t.Columns), isInstallColumn)
}

func isInstallColumn(name string) bool { return slices.Contains(InstallColumns(), name) }

// Fault is what is wrong with one row of a table. It quotes no cell but those about the install.
type Fault struct {
	Line    int
	Column  string // "" where it is about the whole row
	Problem string // such as "is empty"
}

// String is the fault with its place: "line 3, column label: is empty".
func (f Fault) String() string {
	if f.Column == "" {
		return lineOf(f.Line) + ": " + f.Problem
	}
	return lineOf(f.Line) + ", column " + f.Column + ": " + f.Problem
}

// Refuse returns the *problem.Error of a table with bad rows. consequence is what that means, such as "nothing was saved".
func (t *Table) Refuse(faults []Fault, consequence string) *problem.Error {
	rows := map[int]bool{}
	for _, f := range faults {
		rows[f.Line] = true
	}
	text := "1 row is bad"
	if len(rows) != 1 {
		text = decimal(len(rows)) + " rows are bad"
	}
	if consequence != "" {
		text += " (" + consequence + ")"
	}
	return problem.Usage("%s: %s: %s", t.Name, text, listed(faults))
}

// dropDuplicates takes out the rows whose install has a row already, by whatever spelling of its name, and returns a fault
// for each.
func (t *Table) dropDuplicates() []Fault {
	var faults []Fault
	first := make(map[string]int, len(t.Rows))
	t.Rows = slices.DeleteFunc(t.Rows, func(row Row) bool {
		key := row.Install()
		if name, err := wire.ParseInstallName(key); err == nil {
			key = name
		}
		line, found := first[key]
		if !found {
			first[key] = row.Line
			return false
		}
		faults = append(faults, Fault{row.Line, ColumnInstall, key + " is in line " + decimal(line) + " already"})
		return true
	})
	return faults
}
