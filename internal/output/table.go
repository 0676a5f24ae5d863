package output

import (
	"bytes"
	"strings"

	"github.com/segctl/segctl/internal/secret"
)

// Table is rows of text. Its cells need no cleaning: the Printer does that.
type Table struct {
	Header []string // nil: no header, as in a view of one resource, whose rows are name and value
	Rows   [][]string
	Tint   func(column int, cell string) Style // how a cell looks with colour; nil: plain
}

func (p *Printer) printTable(format Format, t Table) error {
	if format == FormatTSV || len(t.Rows) == 0 {
		return p.printTSV(t)
	}
	return p.printGrid(t)
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
	}
	return p.write(b.Bytes())
}

// cleanRows returns the header and rows with every cell safe to print.
func (t Table) cleanRows() (header []string, rows [][]string) {
	for _, title := range t.Header {
		header = append(header, strings.ToUpper(secret.Clean(title)))
	}
	rows = make([][]string, len(t.Rows))
	for i, row := range t.Rows {
		cells := make([]string, len(row))
		for j, cell := range row {
			cells[j] = secret.Clean(cell)
		}
		rows[i] = cells
	}
	return header, rows
}
