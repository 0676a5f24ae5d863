package output

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"

	"github.com/segctl/segctl/internal/secret"
)

// Table is rows of text. Its cells need no cleaning: the Printer does that.
type Table struct {
	Header []string // nil: no header, as in a view of one resource, whose rows are name and value
	Rows   [][]string
	Tint   func(column int, cell string) Style // how a cell looks with colour; nil: plain
	// Less are titles of columns that a terminal that is too narrow does not get, the least important one first. A person
	// gets them by choosing the columns.
	Less []string
}

func (p *Printer) printTable(format Format, t Table) error {
	if len(p.Columns) > 0 {
		var err error
		if t, err = t.pick(p.Columns); err != nil {
			return err
		}
	}
	switch {
	case format == FormatCSV:
		return p.printCSV(t)
	case format == FormatTSV || len(t.Rows) == 0:
		return p.printTSV(t)
	}
	if len(p.Columns) == 0 {
		t = t.within(p.Width)
	}
	if len(t.Rows) > longList {
		return p.printLongGrid(t)
	}
	return p.printGrid(t)
}

// within returns the table without the less important columns that a terminal has no room for.
func (t Table) within(terminal int) Table {
	if terminal <= 0 || len(t.Less) == 0 {
		return t
	}
	widths := naturalWidths([][]string{t.cleanHeader()})
	for _, row := range t.Rows {
		for i, cell := range row {
			if i < len(widths) {
				widths[i] = max(widths[i], textWidth(secret.Clean(cell)))
			}
		}
	}
	kept := slices.Clone(t.Header)
	for _, title := range t.Less {
		if sum(widths)+columnGap*(len(widths)-1) <= terminal {
			break
		}
		if i := slices.Index(kept, title); i >= 0 {
			kept, widths = slices.Delete(kept, i, i+1), slices.Delete(widths, i, i+1)
		}
	}
	if len(kept) == len(t.Header) {
		return t
	}
	picked, err := t.pick(kept)
	if err != nil {
		return t // its own titles are there
	}
	return picked
}

// printTSV prints the rows without a header, for cut and `while read`. Cells are whole; a tab or newline within one is
// escaped, so that a line is a row and a tab ends a cell.
func (p *Printer) printTSV(t Table) error {
	var b bytes.Buffer
	for _, row := range t.Rows {
		for i, cell := range row {
			if i > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(secret.Clean(cell))
		}
		b.WriteByte('\n')
		if err := p.writeOver(&b, chunk); err != nil {
			return err
		}
	}
	return p.writeOver(&b, 0)
}

// printCSV prints the header and the rows as RFC 4180 has them, but for the line ends of Unix. Cells are the data as it is,
// also those that a spreadsheet takes for a formula; only on a terminal they are cleaned. A view of one resource is one
// row.
func (p *Printer) printCSV(t Table) error {
	if t.Header == nil {
		t = t.asRow()
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for i := -1; i < len(t.Rows); i++ {
		row := t.Header
		if i >= 0 {
			row = t.Rows[i]
		}
		if p.TTY {
			row = cleaned(row)
		}
		if err := w.Write(row); err != nil {
			return err
		}
		if i%256 == 0 {
			w.Flush()
			if err := p.writeOver(&b, chunk); err != nil {
				return err
			}
		}
	}
	w.Flush()
	return p.writeOver(&b, 0)
}

// asRow returns a view as a table of one row, whose columns are the names of the view's rows.
func (t Table) asRow() Table {
	var names, values []string
	for _, row := range t.Rows {
		names = append(names, row[0])
		values = append(values, strings.Join(row[1:], " "))
	}
	return Table{Header: names, Rows: [][]string{values}}
}

// writeOver writes what is in the buffer, if that is more than so many bytes.
func (p *Printer) writeOver(b *bytes.Buffer, over int) error {
	if b.Len() <= over {
		return nil
	}
	defer b.Reset()
	return p.write(b.Bytes())
}

// cleanRows returns the header and rows with every cell safe to print.
func (t Table) cleanRows() (header []string, rows [][]string) {
	rows = make([][]string, len(t.Rows))
	for i, row := range t.Rows {
		rows[i] = cleaned(row)
	}
	return t.cleanHeader(), rows
}

func (t Table) cleanHeader() []string {
	var header []string
	for _, title := range t.Header {
		header = append(header, strings.ToUpper(secret.Clean(title)))
	}
	return header
}

func cleaned(row []string) []string {
	cells := make([]string, len(row))
	for i, cell := range row {
		cells[i] = secret.Clean(cell)
	}
	return cells
}
