package output

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTableFitsTheTerminal(t *testing.T) {
	t.Parallel()
	table := func() Table {
		return Table{
			Header: []string{"name", "state"},
			Rows:   [][]string{{"workspaces/business/sources/js/destinations/clearbrain", "enabled"}, {"世界世界世界世界世界世界世界世界", "disabled"}},
		}
	}
	want := "NAME                           STATE\n" +
		"workspaces/business/sources/…  enabled\n" +
		"世界世界世界世界世界世界世界…  disabled\n"
	if diff := cmp.Diff(want, printed(t, Printer{TTY: true, Width: 39}, 1, table)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestViewWraps(t *testing.T) {
	t.Parallel()
	table := func() Table {
		return Table{Rows: [][]string{
			{"name", "workspaces/business/sources/js"},
			{"description", "sends events to a warehouse"},
			{"state", "enabled"},
		}, Tint: State}
	}
	want := "name         workspaces/business/\n" +
		"             sources/js\n" +
		"description  sends events to a\n" +
		"             warehouse\n" +
		"state        enabled\n"
	if diff := cmp.Diff(want, printed(t, Printer{TTY: true, Width: 33}, 1, table)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	got := printed(t, Printer{TTY: true, Color: true}, 1, table)
	if !strings.Contains(got, "\n\x1b[2mstate\x1b[0m        \x1b[32menabled\x1b[0m\n") {
		t.Errorf("got %q", got)
	}
}

func TestTableOddShapes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		table Table
		want  string
	}{
		"no rows":      {Table{Header: []string{"name"}}, ""},
		"short row":    {Table{Header: []string{"a", "b"}, Rows: [][]string{{"1"}, {"2", "3"}}}, "A  B\n1\n2  3\n"},
		"long row":     {Table{Header: []string{"a"}, Rows: [][]string{{"1", "2"}}}, "A\n1  2\n"},
		"inner spaces": {Table{Header: []string{"a"}, Rows: [][]string{{"  x  y"}}}, "A\n  x  y\n"},
		"empty cells":  {Table{Header: []string{"a", "b"}, Rows: [][]string{{"", "x"}, {"", ""}}}, "A  B\n   x\n\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := printed(t, Printer{TTY: true, Width: 80}, 1, func() Table { return test.table })
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestUseColor(t *testing.T) {
	t.Parallel()
	tests := []struct {
		env          map[string]string
		tty, noColor bool
		want         bool
	}{
		{nil, true, false, true},
		{nil, false, false, false},
		{nil, true, true, false},
		{map[string]string{"NO_COLOR": "1"}, true, false, false},
		{map[string]string{"NO_COLOR": ""}, true, false, true},
		{map[string]string{"TERM": "dumb"}, true, false, false},
	}
	for _, test := range tests {
		env := func(name string) (string, bool) { v, ok := test.env[name]; return v, ok }
		if got := UseColor(env, test.tty, test.noColor); got != test.want {
			t.Errorf("%+v: got %v", test, got)
		}
	}
}

// 10,000 destinations, as a bulk listing prints them.
func BenchmarkPrint(b *testing.B) {
	const count = 10_000
	values := make([]json.RawMessage, count)
	for i := range values {
		values[i] = json.RawMessage(destination)
	}
	table := func() Table {
		t := Table{Header: []string{"name", "display name", "state", "mode"}, Tint: State}
		for i := range count {
			name := fmt.Sprintf("workspaces/business/sources/js/destinations/clearbrain-%d", i)
			t.Rows = append(t.Rows, []string{name, "ClearBrain", "enabled", "CLOUD"})
		}
		return t
	}
	for _, format := range Formats() {
		b.Run(format, func(b *testing.B) {
			b.ReportAllocs()
			p := Printer{Out: io.Discard, Format: Format(format), TTY: format == "table", Color: true, Width: 70}
			for b.Loop() {
				if err := p.Print(b.Context(), values, table); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
