package output

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A table looks the same whether it is laid out whole or line by line.
func TestLongTablesLookLikeShortOnes(t *testing.T) {
	t.Parallel()
	listing := Table{
		Header: []string{"install", "state", "on", "label"},
		Rows: [][]string{
			{"installs/1", "ok", "workspaces/acme/sources/js", "Acme, Inc."},
			{"installs/22", "failed", "", ""},
			{"installs/333", "", "世界世界世界世界世界世界世界世界世界", "a\tb\x1b"},
			{"", "", "", ""},
			{"installs/4", "disabled"},
			{"installs/5", "ok", "x", "a rather long label, which has to be cut somewhere", "one cell more"},
		},
		Tint: State,
	}
	view := Table{Rows: [][]string{{"name", "workspaces/business/sources/js"}, {"description", "sends events to a warehouse"}, {"state", "enabled"}}, Tint: State}
	for name, table := range map[string]Table{"listing": listing, "view": view, "header only once": {Header: []string{"a"}, Rows: [][]string{{"b"}}}} {
		for _, width := range []int{0, 20, 33, 60, 80} {
			for _, color := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%d/%v", name, width, color), func(t *testing.T) {
					t.Parallel()
					var short, long strings.Builder
					for out, print := range map[io.Writer]func(p *Printer) error{
						&short: func(p *Printer) error { return p.printGrid(table) },
						&long:  func(p *Printer) error { return p.printLongGrid(table) },
					} {
						if err := print(&Printer{Out: out, TTY: true, Width: width, Color: color}); err != nil {
							t.Fatal(err)
						}
					}
					if diff := cmp.Diff(short.String(), long.String()); diff != "" {
						t.Errorf("(-short +long)\n%s", diff)
					}
				})
			}
		}
	}
}

// The width of a column is that of the widest cell, wherever that is.
func TestLongTableHasTheWidthsOfAllRows(t *testing.T) {
	t.Parallel()
	table := Table{Header: []string{"a", "b"}}
	for range 2 * longList {
		table.Rows = append(table.Rows, []string{"x", "y"})
	}
	table.Rows[2*longList-1] = []string{"the widest", "z"}
	lines := strings.Split(printed(t, Printer{TTY: true, Width: 80}, 1, func() Table { return table }), "\n")
	for i, want := range map[int]string{0: "A           B", 1: "x           y", 2 * longList: "the widest  z"} {
		if lines[i] != want {
			t.Errorf("line %d is %q, want %q", i, lines[i], want)
		}
	}
}
