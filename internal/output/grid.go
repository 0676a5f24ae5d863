package output

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// columnGap is the space between two columns, in terminal columns.
const columnGap = 2

// minimumColumn is what a column is never made narrower than, in terminal columns.
const minimumColumn = 8

// gridLine is one line of a table as it will be seen. Its styles stay apart until it is laid out, for a table writer that
// meets escape sequences adds some of its own.
type gridLine struct {
	cells  []string
	styles []Style
}

// printGrid prints a table fitted to the terminal: cells too wide for their column are cut with an ellipsis in a listing,
// and wrapped in a view of one resource, where nothing may be lost.
func (p *Printer) printGrid(t Table) error {
	header, rows := t.cleanRows()
	widths := naturalWidths(append([][]string{header}, rows...))
	fit(widths, p.Width, t.first())
	lines := make([]gridLine, 0, len(rows)+1)
	if len(header) > 0 {
		for i, title := range header {
			header[i] = shorten(title, widths[i])
		}
		lines = append(lines, gridLine{header, slices.Repeat([]Style{Bold}, len(header))})
	}
	for _, row := range rows {
		lines = append(lines, t.lines(row, widths)...)
	}
	var b bytes.Buffer
	if err := layOut(&b, lines); err != nil {
		return fmt.Errorf("lay out table: %w", err)
	}
	return p.write(p.paint(b.Bytes(), lines))
}

// lines returns a row as the lines it takes up.
func (t Table) lines(row []string, widths []int) []gridLine {
	var lines []gridLine
	styles := make([]Style, len(row))
	for i, cell := range row {
		styles[i] = t.style(i, cell)
		pieces := []string{shorten(cell, widths[i])}
		if t.Header == nil {
			pieces = wrapText(cell, widths[i])
		}
		for n, piece := range pieces {
			if n == len(lines) {
				lines = append(lines, gridLine{make([]string, len(row)), styles})
			}
			lines[n].cells[i] = piece
		}
	}
	return lines
}

func (t Table) style(column int, cell string) Style {
	switch {
	case t.Header == nil && column == 0:
		return Dim
	case t.Tint != nil:
		return t.Tint(column, cell)
	default:
		return Plain
	}
}

// paint drops the padding after the last cell of each line, and colours the cells.
func (p *Printer) paint(text []byte, lines []gridLine) []byte {
	var b bytes.Buffer
	n := 0
	for raw := range bytes.Lines(text) {
		line := strings.TrimRight(string(raw), " \n")
		if p.Color && n < len(lines) {
			for i, cell := range lines[n].cells {
				padding, rest, ok := strings.Cut(line, strings.TrimRight(cell, " "))
				if !ok {
					break
				}
				b.WriteString(padding + lines[n].styles[i].Paint(cell))
				line = rest
			}
		}
		b.WriteString(line + "\n")
		n++
	}
	return b.Bytes()
}

// naturalWidths returns the width of the widest cell of each column.
func naturalWidths(rows [][]string) []int {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], textWidth(cell))
		}
	}
	return widths
}

// first is the first column that may be narrowed: the first one of a listing says what the row is about, and is what other
// commands take, so that it is never cut.
func (t Table) first() int {
	if t.Header == nil {
		return 0
	}
	return 1
}

// fit narrows the widest columns from the first one on that may be, evenly, until all of them fit.
func fit(widths []int, terminal, first int) {
	if terminal <= 0 || len(widths) <= first {
		return
	}
	room := terminal - columnGap*(len(widths)-1)
	narrowed := widths[first:]
	for total := sum(widths); total > room; total-- {
		widest := slices.Index(narrowed, slices.Max(narrowed))
		if narrowed[widest] <= minimumColumn {
			return
		}
		narrowed[widest]--
	}
}

func sum(numbers []int) (total int) {
	for _, n := range numbers {
		total += n
	}
	return total
}

// textWidth is the width of text on a terminal. Nearly all text is ASCII, where that is its length.
func textWidth(s string) int {
	if isASCII(s) {
		return len(s)
	}
	return twwidth.Width(s)
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}

// layOut pads cells that have their final texts already: no lines, no wrapping, no changed capitals. The first line is
// one like the others, for a header would be formatted.
func layOut(b *bytes.Buffer, lines []gridLine) error {
	table := tablewriter.NewTable(b,
		tablewriter.WithConfig(tablewriter.Config{
			Row: tw.CellConfig{
				Alignment:  tw.CellAlignment{Global: tw.AlignLeft},
				Formatting: tw.CellFormatting{AutoWrap: tw.WrapNone, AutoFormat: tw.Off},
				Padding:    tw.CellPadding{Global: tw.Padding{Right: strings.Repeat(" ", columnGap), Overwrite: true}},
			},
			Behavior: tw.Behavior{TrimSpace: tw.Off, TrimTab: tw.Off, TrimLine: tw.Off},
		}),
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders:  tw.BorderNone,
			Settings: tw.Settings{Separators: tw.SeparatorsNone, Lines: tw.LinesNone},
		})),
	)
	rows := make([][]string, len(lines))
	for i, line := range lines {
		rows[i] = line.cells
	}
	if err := table.Bulk(rows); err != nil {
		return err
	}
	return table.Render()
}
