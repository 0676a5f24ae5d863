package output

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const destination = `{"name":"workspaces/business/sources/js/destinations/clearbrain","enabled":true,"config":[{"name":"a/config/apiKey","value":"<abcd&1234>"}],"unknown":{"z":12345678901234567890123,"a":1.10},"empty":[]}`

func rows() Table {
	return Table{
		Header: []string{"name", "state"},
		Rows:   [][]string{{"clearbrain", "enabled"}, {"a\tb\nc", "disabled"}},
	}
}

func printed(t *testing.T, p Printer, value any, table func() Table) string {
	t.Helper()
	var b strings.Builder
	p.Out = &b
	if err := p.Print(t.Context(), value, table); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPrint(t *testing.T) {
	t.Parallel()
	raw := json.RawMessage(destination)
	tests := map[string]struct {
		printer Printer
		want    string
	}{
		"tsv when piped":      {Printer{}, "clearbrain\tenabled\na\\tb\\nc\tdisabled\n"},
		"table on a terminal": {Printer{TTY: true}, "NAME        STATE\nclearbrain  enabled\na\\tb\\nc     disabled\n"},
		"colour": {
			Printer{TTY: true, Color: true},
			"\x1b[1mNAME\x1b[0m        \x1b[1mSTATE\x1b[0m\nclearbrain  enabled\na\\tb\\nc     disabled\n",
		},
		"json": {Printer{Format: FormatJSON}, `{
  "name": "workspaces/business/sources/js/destinations/clearbrain",
  "enabled": true,
  "config": [
    {
      "name": "a/config/apiKey",
      "value": "<abcd&1234>"
    }
  ],
  "unknown": {
    "z": 12345678901234567890123,
    "a": 1.10
  },
  "empty": []
}
`},
		"yaml": {Printer{Format: FormatYAML}, `name: workspaces/business/sources/js/destinations/clearbrain
enabled: true
config:
  - name: a/config/apiKey
    value: <abcd&1234>
unknown:
  z: 12345678901234567890123
  a: 1.10
empty: []
`},
		"jq string is raw":   {Printer{JQ: ".config[].value"}, "<abcd&1234>\n"},
		"jq keeps digits":    {Printer{JQ: ".unknown.z, .unknown.a, .enabled"}, "12345678901234567890123\n1.10\ntrue\n"},
		"jq object":          {Printer{JQ: ".config[0]"}, `{"name":"a/config/apiKey","value":"<abcd&1234>"}` + "\n"},
		"jq without results": {Printer{JQ: "empty"}, ""},
		"jq halts":           {Printer{JQ: ".enabled, halt"}, "true\n"},
		"template":           {Printer{Template: `{{.enabled}} {{.unknown.z}} {{upper "x"}} {{json .config}} {{base .name}}`}, `true 12345678901234567890123 X [{"name":"a/config/apiKey","value":"<abcd&1234>"}] clearbrain` + "\n"},
		"template joins":     {Printer{Template: `{{join "," .empty}}`}, ""},
		"template on json":   {Printer{Format: FormatJSON, Template: "{{lower \"A\"}}\n"}, "a\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, printed(t, test.printer, raw, rows)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestPrintWithoutTable(t *testing.T) {
	t.Parallel()
	value := map[string]string{"a": "<b>"}
	if got, want := printed(t, Printer{TTY: true}, value, nil), "{\n  \"a\": \"<b>\"\n}\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestJSONNeverBuildsTheTable(t *testing.T) {
	t.Parallel()
	for _, p := range []Printer{{Format: FormatJSON}, {Format: FormatYAML}, {JQ: "."}, {Template: "x"}} {
		printed(t, p, 1, func() Table {
			t.Errorf("%+v built the table", p)
			return Table{}
		})
	}
}

// What a server sends must not steer the terminal, and must still be the same JSON.
func TestTerminalIsSafe(t *testing.T) {
	t.Parallel()
	hostile := "\u009b31m\u202egnp.exe\x7f\U000e0041"
	raw, err := json.Marshal(map[string]string{"n": hostile})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []Printer{
		{Format: FormatJSON},
		{Format: FormatYAML},
		{JQ: "."},
		{JQ: ".n"},
		{Template: "{{.n}}"},
		{Format: FormatTable},
		{Format: FormatTSV},
	} {
		p.TTY = true
		got := printed(t, p, json.RawMessage(raw), func() Table { return Table{Rows: [][]string{{"n", hostile}}} })
		if strings.ContainsAny(got, "\u009b\u202e\x7f\U000e0041") || !strings.Contains(got, `\u202e`) {
			t.Errorf("%+v printed %q", p, got)
		}
		if p.Format == FormatJSON {
			var back map[string]string
			if err := json.Unmarshal([]byte(got), &back); err != nil || back["n"] != hostile {
				t.Errorf("reads back as %q, %v", back["n"], err)
			}
		}
	}
}

type brokenWriter struct{ error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.error }

func TestWriteErrorIsReturned(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken pipe")
	for _, p := range []Printer{{}, {TTY: true}, {Format: FormatJSON}, {Format: FormatYAML}, {JQ: "."}, {Template: "x"}} {
		p.Out = brokenWriter{broken}
		if err := p.Print(t.Context(), 1, rows); !errors.Is(err, broken) {
			t.Errorf("%+v: %v", p, err)
		}
	}
}
