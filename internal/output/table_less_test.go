package output

import (
	"bytes"
	"testing"
)

// A narrow terminal gets the columns that matter, whole; the others come with its width, by choosing them, and in a pipe.
func TestLessImportantColumnsGoFirst(t *testing.T) {
	t.Parallel()
	table := Table{
		Header: []string{"install", "scope", "on", "expires"},
		Rows:   [][]string{{"installs/1", "destination/clearbrain", "acme/js", "in 53m"}},
		Less:   []string{"scope", "expires"},
	}
	for _, c := range []struct {
		width   int
		columns []string
		want    string
	}{
		{0, nil, "INSTALL     SCOPE                   ON       EXPIRES\ninstalls/1  destination/clearbrain  acme/js  in 53m\n"},
		{52, nil, "INSTALL     SCOPE                   ON       EXPIRES\ninstalls/1  destination/clearbrain  acme/js  in 53m\n"},
		{51, nil, "INSTALL     ON       EXPIRES\ninstalls/1  acme/js  in 53m\n"},
		{27, nil, "INSTALL     ON\ninstalls/1  acme/js\n"},
		{10, nil, "INSTALL     ON\ninstalls/1  acme/js\n"},
		{30, []string{"scope"}, "SCOPE\ndestination/clearbrain\n"},
	} {
		var b bytes.Buffer
		p := &Printer{Out: &b, Format: FormatTable, TTY: true, Width: c.width, Columns: c.columns}
		if err := p.Print(t.Context(), nil, func() Table { return table }); err != nil || b.String() != c.want {
			t.Errorf("width %d: %v\n%s", c.width, err, b.String())
		}
	}
}
