package output

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The columns are narrowed until they fit, but for the first one: it is what other commands take.
func TestTableFitsTheTerminal(t *testing.T) {
	t.Parallel()
	table := func() Table {
		return Table{
			Header: []string{"destination", "state", "name"},
			Rows: [][]string{
				{"clearbrain", "enabled", "workspaces/business/sources/js/destinations/clearbrain"},
				{"webhooks", "disabled", "世界世界世界世界世界世界世界世界"},
			},
		}
	}
	want := "DESTINATION  STATE     NAME\n" +
		"clearbrain   enabled   workspaces/business/sources/j…\n" +
		"webhooks     disabled  世界世界世界世界世界世界世界…\n"
	if diff := cmp.Diff(want, printed(t, Printer{TTY: true, Width: 53}, 1, table)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	want = "DESTINATION  STATE     NAME\n" +
		"clearbrain   enabled   workspa…\n" +
		"webhooks     disabled  世界世…\n"
	if diff := cmp.Diff(want, printed(t, Printer{TTY: true, Width: 10}, 1, table)); diff != "" {
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
