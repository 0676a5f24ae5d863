package output

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func people() Table {
	return Table{
		Header: []string{"name", "display name", "state"},
		Rows:   [][]string{{"a", "Acme, \"Inc.\"", "enabled"}, {"b", "=1+1", "dis\nabled"}, {"c"}},
		Tint: func(column int, _ string) Style {
			return map[int]Style{2: Green}[column]
		},
	}
}

func details() Table {
	return Table{Rows: [][]string{{"name", "a"}, {"apiKey", "k"}, {"api_key", "l"}, {"client id", "m"}}}
}

func TestColumnsAndCSV(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		printer Printer
		table   func() Table
		want    string
	}{
		"csv": {
			Printer{Format: FormatCSV},
			people,
			"name,display name,state\na,\"Acme, \"\"Inc.\"\"\",enabled\nb,=1+1,\"dis\nabled\"\nc\n",
		},
		"csv on a terminal": {
			Printer{Format: FormatCSV, TTY: true, Color: true},
			people,
			"name,display name,state\na,\"Acme, \"\"Inc.\"\"\",enabled\nb,=1+1,dis\\nabled\nc\n",
		},
		"csv of a view":      {Printer{Format: FormatCSV}, details, "name,apiKey,api_key,client id\na,k,l,m\n"},
		"csv without rows":   {Printer{Format: FormatCSV}, func() Table { return Table{Header: []string{"a", "b"}} }, "a,b\n"},
		"columns of csv":     {Printer{Format: FormatCSV, Columns: []string{"state", "name"}}, people, "state,name\nenabled,a\n\"dis\nabled\",b\n,c\n"},
		"columns of tsv":     {Printer{Columns: []string{"display-name"}}, people, "Acme, \"Inc.\"\n=1+1\n\n"},
		"columns of a table": {Printer{TTY: true, Columns: []string{"state", "Display_Name"}}, people, "STATE       DISPLAY NAME\nenabled     Acme, \"Inc.\"\ndis\\nabled  =1+1\n\n"},
		"colours go along": {
			Printer{TTY: true, Color: true, Columns: []string{"state"}},
			func() Table { t := people(); t.Rows = t.Rows[:1]; return t },
			"\x1b[1mSTATE\x1b[0m\n\x1b[32menabled\x1b[0m\n",
		},
		"columns of a view":   {Printer{Columns: []string{"api_key", "name"}}, details, "api_key\tl\nname\ta\n"},
		"of a view, as csv":   {Printer{Format: FormatCSV, Columns: []string{"client-id", "apiKey"}}, details, "client id,apiKey\nm,k\n"},
		"the same one twice":  {Printer{Columns: []string{"name", "name"}}, people, "a\ta\nb\tb\nc\tc\n"},
		"csv of no table yet": {Printer{Format: FormatCSV}, nil, "1\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, printed(t, test.printer, 1, test.table)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestColumnsThatCannotBe(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		printer Printer
		table   func() Table
		want    string
	}{
		"unknown":             {Printer{Columns: []string{"name", "nope"}}, people, `unknown column "nope" (valid: name, display-name, state)`},
		"unknown in a view":   {Printer{Columns: []string{"x"}}, details, `unknown column "x" (valid: name, apiKey, api_key, client-id)`},
		"empty":               {Printer{Columns: []string{"name", ""}}, people, "--columns has an empty name in it"},
		"with json":           {Printer{Format: FormatJSON, Columns: []string{"name"}}, people, "--columns is for table, tsv and csv, not for json: --jq chooses fields of JSON"},
		"with yaml":           {Printer{Format: FormatYAML, Columns: []string{"name"}}, people, "--columns is for table, tsv and csv, not for yaml: --jq chooses fields of JSON"},
		"with jq":             {Printer{JQ: ".", Columns: []string{"name"}}, people, "--columns is for tables, and --jq and --template work on JSON"},
		"with a template":     {Printer{Template: "x", Columns: []string{"name"}}, people, "--columns is for tables, and --jq and --template work on JSON"},
		"there are none":      {Printer{Columns: []string{"name"}}, nil, "this result has no columns"},
		"there are none, csv": {Printer{Format: FormatCSV, Columns: []string{"name"}}, nil, "this result has no columns"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			test.printer.Out = &b
			err := test.printer.Print(t.Context(), 1, test.table)
			if e, ok := errors.AsType[*FormatError](err); !ok || e.Error() != test.want || b.Len() > 0 {
				t.Errorf("got %v, and %q was printed; want %s", err, b.String(), test.want)
			}
		})
	}
	if err := CheckColumns([]string{"Client_ID"}, []string{"client id"}); err != nil {
		t.Error(err)
	}
	if err := CheckColumns([]string{"id"}, []string{"client id"}); err == nil || err.Error() != `unknown column "id" (valid: client-id)` {
		t.Error(err)
	}
}
