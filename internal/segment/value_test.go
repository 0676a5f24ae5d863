package segment

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseValue(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ typ, text, want string }{
		{"STRING", " a <b> & 5 ", `" a <b> & 5 "`},
		{"STRING", "", `""`},
		{"PASSWORD", "5", `"5"`},
		{"COLOR", "#fff", `"#fff"`},
		{"MULTI_LINE_STRING", "a\nb", `"a\nb"`},
		{"SELECT", "true", `"true"`},
		{"NUMBER", "5", `5`},
		{"number", " -0.25e1 ", `-0.25e1`},
		{"NUMBER", "12345678901234567890", `12345678901234567890`},
		{"BOOLEAN", "true", `true`},
		{"boolean", "false", `false`},
		{"LIST", "a, b", `["a","b"]`},
		{"LIST", "5", `["5"]`},
		{"LIST", "", `[]`},
		{"LIST", ` ["a,b", 1] `, `["a,b",1]`},
		{"MAP", "k=v, k2 = v2=x", `{"k":"v","k2":"v2=x"}`},
		{"MAP", "k=", `{"k":""}`},
		{"MAP", "", `{}`},
		{"MAP", `{"z": 1, "a": "b"}`, `{"z":1,"a":"b"}`},
		{"MIXED", `[{"hook": "https://x.example"}]`, `[{"hook":"https://x.example"}]`},
		{"MIXED", `{"a": 1}`, `{"a":1}`},
		{"MIXED", "5", `"5"`},
		{"MIXED", "[draft] x", `"[draft] x"`},
		{"", "5", `5`},
		{"", "true", `true`},
		{"", "null", `"null"`},
		{"", "plain", `"plain"`},
		{"", "007", `"007"`},
		{"GEOMETRY", `{"x": 1}`, `{"x":1}`},
	} {
		got, err := ParseValue(Setting{Name: "x", Type: test.typ}, test.text)
		if err != nil || string(got) != test.want {
			t.Errorf("ParseValue(%s, %q) = %s, %v; want %s", test.typ, test.text, got, err, test.want)
		}
	}
}

func TestParseValueKeepsSecretOfUnknownTypeAsText(t *testing.T) {
	t.Parallel()
	got, err := ParseValue(Setting{Name: "apiKey"}, "12345678")
	if err != nil || string(got) != `"12345678"` {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestParseValueRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ typ, text, want string }{
		{"NUMBER", "hunter2", `setting "x" must be a number`},
		{"NUMBER", "5x", `setting "x" must be a number`},
		{"NUMBER", "", `setting "x" must be a number`},
		{"NUMBER", "1e999", `setting "x" is too large a number`},
		{"BOOLEAN", "yes", `setting "x" must be true or false`},
		{"BOOLEAN", "True", `setting "x" must be true or false`},
		{"LIST", "a,,b", `setting "x" has an empty item: write a,b or a JSON array`},
		{"LIST", "[hunter2", `setting "x" is not valid JSON`},
		{"MAP", "hunter2", `setting "x" has an entry that is not key=value: write k=v,k2=v2 or a JSON object`},
		{"MAP", "=v", `setting "x" has an entry that is not key=value: write k=v,k2=v2 or a JSON object`},
		{"MAP", "a=1,a=2", `setting "x" has a key twice`},
		{"MAP", "{hunter2", `setting "x" is not valid JSON`},
		{"STRING", "\xff", `setting "x" must be UTF-8 text`},
	} {
		_, err := ParseValue(Setting{Name: "x", Type: test.typ}, test.text)
		var problem Problem
		if !errors.As(err, &problem) || err.Error() != test.want {
			t.Errorf("ParseValue(%s, %q): %v, want %s", test.typ, test.text, err, test.want)
		}
	}
}

func TestFormatValue(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`"abcd1234"`:             "abcd1234",
		`"a\nb\r\nc\td"`:         "a b c d",
		`5`:                      "5",
		`true`:                   "true",
		`null`:                   "",
		``:                       "",
		"[ \"a\",\n 1 ]":         `["a",1]`,
		"{\"z\": 1,\n \"a\": 2}": `{"z":1,"a":2}`,
		"{broken\n json":         "{broken json",
	} {
		if got := FormatValue(json.RawMessage(in)); got != want {
			t.Errorf("FormatValue(%q) = %q, want %q", in, got, want)
		}
	}
}

// Whatever is accepted is JSON of the kind that Check wants, and text comes back as it was given.
func FuzzParseValue(f *testing.F) {
	types := []string{"STRING", "BOOLEAN", "NUMBER", "LIST", "MAP", "MIXED", "SELECT", "COLOR", "PASSWORD", "MULTI_LINE_STRING", "", "?"}
	for i, text := range []string{"abcd1234", "true", "5", "a,b", "k=v,k2=v2", `{"a":[1]}`, "cookie", "#fff", "\xff", "a\nb", "null", `"`} {
		f.Add(i, text)
	}
	f.Fuzz(func(t *testing.T, i int, text string) {
		s := Setting{Name: "x", Type: types[uint(i)%uint(len(types))]}
		value, err := ParseValue(s, text)
		if err != nil {
			return
		}
		if !json.Valid(value) || !utf8.Valid(value) {
			t.Fatalf("%s %q: %q is not JSON", s.Type, text, value)
		}
		if problems := Check([]Setting{s}, map[string]json.RawMessage{"x": value}, true); len(problems) > 0 {
			t.Errorf("%s %q: %s: %v", s.Type, text, value, problems)
		}
		if line := FormatValue(value); strings.ContainsAny(line, "\r\n\t") {
			t.Errorf("%s: %q is not one line", s.Type, line)
		}
		var back string
		if s.is("STRING", "PASSWORD", "SELECT") && (json.Unmarshal(value, &back) != nil || back != text) {
			t.Errorf("%q came back as %q", text, back)
		}
	})
}
