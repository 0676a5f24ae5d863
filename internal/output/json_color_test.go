package output

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

func TestJSONInColour(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	value := json.RawMessage(`{"a":"x\\\" : y","n":[1,-2.5e3,true,null,"é"],"o":{},"esc\"":"\u001b[31m"}`)
	p := &Printer{Out: &b, Format: FormatJSON, TTY: true, Color: true}
	if err := p.Print(t.Context(), value, nil); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\x1b[34m\"a\"\x1b[0m: \x1b[32m\"x\\\\\\\" : y\"\x1b[0m", "\x1b[33m-2.5e3\x1b[0m", "\x1b[33mtrue\x1b[0m", "\x1b[32m\"é\"\x1b[0m",
		`"\u001b[31m"`,
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in:\n%q", want, b.String())
		}
	}
	plain := regexp.MustCompile("\x1b\\[[0-9]+m").ReplaceAll(b.Bytes(), nil)
	var compact bytes.Buffer
	if err := json.Compact(&compact, plain); err != nil || compact.String() != string(value) {
		t.Errorf("%v: %s", err, compact.String())
	}
}

func TestJSONWithoutColour(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := (&Printer{Out: &b, Format: FormatJSON, TTY: true}).Print(t.Context(), map[string]int{"a": 1}, nil); err != nil || strings.Contains(b.String(), "\x1b") {
		t.Errorf("%v: %q", err, b.String())
	}
}

// A text that is cut is painted all the same, and ends.
func FuzzPaintJSON(f *testing.F) {
	for _, text := range []string{`{"a": [1, "b"]}`, `"`, `"\`, "\x80", ""} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var b bytes.Buffer
		paintJSON(&b, text)
		if got := regexp.MustCompile("\x1b\\[[0-9]+m").ReplaceAll(b.Bytes(), nil); !bytes.Contains(text, []byte("\x1b")) && !bytes.Equal(got, text) {
			t.Errorf("%q became %q", text, got)
		}
	})
}
