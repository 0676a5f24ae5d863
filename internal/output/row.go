package output

import (
	"bytes"
	"encoding/csv"
	"strings"

	"github.com/segctl/segctl/internal/secret"
)

// PrintRow prints one row of a stream of rows whose end nobody waits for, with the columns wanted: as TSV, as CSV, whose
// header comes before the first row, or, as a table, with blanks between the cells.
func (p *Printer) PrintRow(header, row []string, first bool) error {
	if len(p.Columns) > 0 {
		t, err := Table{Header: header, Rows: [][]string{row}}.pick(p.Columns)
		if err != nil {
			return err
		}
		header, row = t.Header, t.Rows[0]
	}
	switch p.Effective() {
	case FormatCSV:
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		if first {
			_ = w.Write(header) // a buffer takes everything
		}
		if p.TTY {
			row = cleaned(row)
		}
		_ = w.Write(row)
		w.Flush()
		return p.write(b.Bytes())
	case FormatTSV:
		return p.printTSV(Table{Rows: [][]string{row}})
	default:
		return p.write([]byte(secret.Clean(strings.Join(row, strings.Repeat(" ", columnGap))) + "\n"))
	}
}
