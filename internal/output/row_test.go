package output

import (
	"bytes"
	"testing"
)

func TestPrintRow(t *testing.T) {
	t.Parallel()
	header := []string{"time", "install", "detail"}
	rows := [][]string{{"1", "installs/1", "a, \"b\"\x1b[m"}, {"2", "installs/2", "c\td"}}
	for _, test := range []struct {
		p    Printer
		want string
	}{
		{Printer{}, "1\tinstalls/1\ta, \"b\"\\x1b[m\n2\tinstalls/2\tc\\td\n"},
		{Printer{Format: FormatCSV}, "time,install,detail\n1,installs/1,\"a, \"\"b\"\"\x1b[m\"\n2,installs/2,c\td\n"},
		{Printer{Format: FormatCSV, TTY: true}, "time,install,detail\n1,installs/1,\"a, \"\"b\"\"\\x1b[m\"\n2,installs/2,c\\td\n"},
		{Printer{Format: FormatCSV, Columns: []string{"detail", "time"}}, "detail,time\n\"a, \"\"b\"\"\x1b[m\",1\nc\td,2\n"},
		{Printer{Format: FormatTable, Columns: []string{"install", "time"}}, "installs/1  1\ninstalls/2  2\n"},
	} {
		var b bytes.Buffer
		test.p.Out = &b
		for i, row := range rows {
			if err := test.p.PrintRow(header, row, i == 0); err != nil {
				t.Fatal(err)
			}
		}
		if b.String() != test.want {
			t.Errorf("%q, want %q", b.String(), test.want)
		}
	}
	if err := (&Printer{Columns: []string{"nosuch"}}).PrintRow(header, rows[0], true); err == nil {
		t.Error("an unknown column is taken")
	}
}
