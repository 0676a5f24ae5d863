package fleet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/segctl/segctl/internal/problem"
)

// maxTable bounds a table, in bytes: ten thousand rows with a private key in each are some 20 MB.
const maxTable = 32 << 20

// maxFaults is how many faults a message lists.
const maxFaults = 10

// ReadTable reads a table from a CSV file (RFC 4180) whose first line names its columns, in any order: install, and
// whatever else. name is what the file is called in messages. Lines without any text are passed over, and so is a byte
// order mark. The error is a *problem.Error that names line, column and cause of what is wrong, and never what is in a
// column that may hold secrets.
func ReadTable(r io.Reader, name string) (*Table, error) {
	t, faults, err := ReadRows(r, name)
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return nil, t.Refuse(faults, "")
	}
	return t, nil
}

// ReadRows is ReadTable for those who can do without the rows that are bad: it returns the good ones, and what is wrong
// with the others.
func ReadRows(r io.Reader, name string) (*Table, []Fault, error) {
	in := bufio.NewReaderSize(&bounded{r: r, left: maxTable}, 64<<10)
	if err := checkStart(in, name); err != nil {
		return nil, nil, err
	}
	lines := csv.NewReader(in)
	lines.FieldsPerRecord = -1 // that is looked at here, for the sake of the message
	t := &Table{Name: name}
	if err := t.readHeader(lines); err != nil {
		return nil, nil, err
	}
	var faults []Fault
	for {
		cells, err := lines.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if fault, ok := syntaxFault(err); ok {
			faults = append(faults, fault)
			continue
		}
		if err != nil {
			return nil, nil, unreadable(name, err)
		}
		line, _ := lines.FieldPos(0)
		if fault, ok := t.add(line, cells); !ok {
			faults = append(faults, fault)
		}
	}
	faults = append(faults, t.dropDuplicates()...)
	slices.SortStableFunc(faults, func(a, b Fault) int { return a.Line - b.Line })
	if len(t.Rows) == 0 && len(faults) == 0 {
		return nil, nil, problem.Usage("%s: there is no row below the header", name)
	}
	return t, faults, nil
}

// checkStart refuses files that are no text, by their first bytes, and passes over a byte order mark.
func checkStart(in *bufio.Reader, name string) error {
	start, err := in.Peek(4)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return unreadable(name, err)
	case len(start) == 0:
		return problem.Usage("%s is empty: its first line has to name the columns, such as install,label", name)
	case bytes.HasPrefix(start, []byte("PK\x03\x04")), bytes.HasPrefix(start, []byte("\xd0\xcf\x11\xe0")):
		return problem.Usage("%s is a spreadsheet or an archive: save it as CSV", name)
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return problem.Usage("%s is in UTF-16: save it as UTF-8", name)
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		_, err := in.Discard(3)
		return err
	}
	return nil
}

// readHeader reads the names of the columns.
func (t *Table) readHeader(lines *csv.Reader) error {
	columns, err := lines.Read()
	switch fault, ok := syntaxFault(err); {
	case ok:
		return problem.Usage("%s: %s", t.Name, fault)
	case errors.Is(err, io.EOF):
		return problem.Usage("%s is empty: its first line has to name the columns, such as install,label", t.Name)
	case err != nil:
		return unreadable(t.Name, err)
	}
	for i, column := range columns {
		column = strings.TrimSpace(column)
		before := slices.Index(columns[:i], column)
		switch {
		case !isText(column) || strings.ContainsAny(column, "\r\n"):
			return problem.Usage("%s: the header is not a line of UTF-8 text: save the file as CSV in UTF-8", t.Name)
		case len(columns) == 1 && strings.ContainsAny(column, ";\t"):
			return problem.Usage("%s: the columns of the header are not separated by commas: save the file with commas", t.Name)
		case column == "":
			return problem.Usage("%s: column %d of the header has no name", t.Name, i+1)
		case before >= 0: // it is not quoted: without a header, it would be what is in a cell
			return problem.Usage("%s: columns %d and %d of the header have the same name", t.Name, before+1, i+1)
		}
		columns[i] = column
	}
	if !slices.Contains(columns, ColumnInstall) {
		return problem.Usage("%s: the header (the first line) has no column %q", t.Name, ColumnInstall)
	}
	t.Columns = columns
	return nil
}

// add adds a row, unless it is blank, or returns what is wrong with it.
func (t *Table) add(line int, cells []string) (Fault, bool) {
	if strings.TrimSpace(strings.Join(cells, "")) == "" {
		return Fault{}, true
	}
	if len(cells) != len(t.Columns) {
		return Fault{line, "", "has " + decimal(len(cells)) + " cells, and the header has " + decimal(len(t.Columns))}, false
	}
	for i, column := range t.Columns {
		if !isText(cells[i]) {
			return Fault{line, column, "is not UTF-8 text: save the file as UTF-8"}, false
		}
		if isInstallColumn(column) {
			cells[i] = strings.TrimSpace(cells[i])
		}
	}
	row := Row{line, cells, t}
	if row.Install() == "" {
		return Fault{line, ColumnInstall, "is empty"}, false
	}
	t.Rows = append(t.Rows, row)
	return Fault{}, true
}

func isText(cell string) bool { return utf8.ValidString(cell) && strings.IndexByte(cell, 0) < 0 }

// syntaxFault says what is wrong with a record that is no CSV, where that is the error.
func syntaxFault(err error) (Fault, bool) {
	var e *csv.ParseError
	if !errors.As(err, &e) {
		return Fault{}, false
	}
	cause := "is not CSV"
	switch {
	case errors.Is(e.Err, csv.ErrQuote):
		cause = `has a quote that is never closed, or text after a closing one: a quote within quotes is written ""`
	case errors.Is(e.Err, csv.ErrBareQuote):
		cause = `has a quote in a cell that does not begin with one: such a cell is written "…""…"`
	}
	return Fault{Line: e.StartLine, Problem: cause}, true
}

// unreadable is the error of a file that cannot be read to its end.
func unreadable(name string, err error) error { return problem.Usage("read %s: %w", name, err) }

// listed gives faults in one line, the first few of many.
func listed(faults []Fault) string {
	var texts []string
	for _, f := range faults[:min(len(faults), maxFaults)] {
		texts = append(texts, f.String())
	}
	if more := len(faults) - maxFaults; more > 0 {
		texts = append(texts, "and "+decimal(more)+" more")
	}
	return strings.Join(texts, "; ")
}

func lineOf(n int) string { return "line " + decimal(n) }

func decimal(n int) string { return strconv.Itoa(n) }

// bounded fails where its reader goes on after so many bytes.
type bounded struct {
	r    io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, errors.New("more than " + decimal(maxTable>>20) + " MB")
	}
	return n, err
}
