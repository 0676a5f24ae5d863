package output

import (
	"bytes"
	"slices"
	"strings"

	"github.com/segctl/segctl/internal/secret"
)

// longList is how many rows a table may have that is laid out whole. The writer of tables keeps each row several times over:
// ten thousand of them would take 70 MB.
const longList = 500

// printLongGrid prints what printGrid would, line by line. The widths are those of all rows, which are looked at once more
// for that: a list that changes its columns half-way is no table.
func (p *Printer) printLongGrid(t Table) error {
	header := t.cleanHeader()
	widths := naturalWidths([][]string{header})
	for _, row := range t.Rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], textWidth(secret.Clean(cell)))
		}
	}
	fit(widths, p.Width, t.first())
	var b bytes.Buffer
	if len(header) > 0 {
		for i, title := range header {
			header[i] = shorten(title, widths[i])
		}
		p.appendLine(&b, gridLine{header, slices.Repeat([]Style{Bold}, len(header))}, widths)
	}
	var line gridLine // the same one for all rows of a listing
	for _, row := range t.Rows {
		if t.Header == nil {
			for _, wrapped := range t.lines(cleaned(row), widths) {
				p.appendLine(&b, wrapped, widths)
			}
		} else {
			line.cells, line.styles = line.cells[:0], line.styles[:0]
			for i, cell := range row {
				cell = secret.Clean(cell)
				line.cells = append(line.cells, shorten(cell, widths[i]))
				line.styles = append(line.styles, t.style(i, cell))
			}
			p.appendLine(&b, line, widths)
		}
		if err := p.writeOver(&b, chunk); err != nil {
			return err
		}
	}
	return p.writeOver(&b, 0)
}

// appendLine writes one line, with its cells padded to the widths, and without blanks at its end.
func (p *Printer) appendLine(b *bytes.Buffer, line gridLine, widths []int) {
	last := len(line.cells) - 1
	for last >= 0 && strings.TrimRight(line.cells[last], " ") == "" {
		last--
	}
	for i, cell := range line.cells[:last+1] {
		switch {
		case p.Color:
			b.WriteString(line.styles[i].Paint(cell))
		case i == last:
			b.WriteString(strings.TrimRight(cell, " "))
		default:
			b.WriteString(cell)
		}
		if i < last {
			for range widths[i] - textWidth(cell) + columnGap {
				b.WriteByte(' ')
			}
		}
	}
	b.WriteByte('\n')
}
