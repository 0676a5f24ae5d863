package output

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// ordinary is JSON as Segment's API has it.
const ordinary = `[{"name":"workspaces/acme/sources/js/destinations/clearbrain","enabled":true,"display_name":"O'Neill: \"x\" #1",
"create_time":"2020-01-02T03:04:05Z","connection_mode":"CLOUD","parent":"","config":[{"name":"a/config/apiKey","value":"0123","type":"string"},
{"name":"b","value":{"k":[1,2.50,-3e7,null,false,[],{}],"empty":{},"nested":[["a","b"],[{"x":1}]]}},{"value":"-----BEGIN\n\n  KEY\nEND\n"},
{"value":"two\nlines"}]},{"url":"https://example.com:8080/a?b=c#d","at":"@x","star":"*","ünï":"größe: 3"}, 7, "x", null, [1]]`

// What is written says the same as what is read; where nothing asks for quotes that differ, it also looks as the library
// writes it.
func TestYAMLLooksLikeTheLibrarys(t *testing.T) {
	t.Parallel()
	got := printed(t, Printer{Format: FormatYAML}, json.RawMessage(ordinary), nil)
	if diff := cmp.Diff(libraryYAML(t, ordinary), got); diff != "" {
		t.Errorf("(-library +ours)\n%s", diff)
	}
	var list []json.RawMessage
	if err := json.Unmarshal([]byte(ordinary), &list); err != nil {
		t.Fatal(err)
	}
	if byElement := printed(t, Printer{Format: FormatYAML}, list, nil); byElement != got {
		t.Errorf("element by element it is\n%s", byElement)
	}
}

// libraryYAML is the YAML that the library makes of JSON.
func libraryYAML(t *testing.T, text string) string {
	t.Helper()
	var node func(d *json.Decoder) *yaml.Node
	node = func(d *json.Decoder) *yaml.Node {
		token, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		switch v := token.(type) {
		case json.Delim:
			n := &yaml.Node{Kind: map[json.Delim]yaml.Kind{'{': yaml.MappingNode, '[': yaml.SequenceNode}[v]}
			for d.More() {
				n.Content = append(n.Content, node(d))
			}
			_, _ = d.Token()
			return n
		case string:
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: v}
		case json.Number:
			return &yaml.Node{Kind: yaml.ScalarNode, Value: v.String()}
		case bool:
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: map[bool]string{true: "true", false: "false"}[v]}
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(node(d)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// hostileStrings are those that YAML reads as something else, or not at all, when they stand without quotes.
func hostileStrings() []string {
	all := []string{
		"", " ", "  x", "x ", "~", "null", "NULL", "Null", "true", "Yes", "y", "N", "off", "0", "-1", "+1", "1.", ".5", "1e3", "0x1f", "0o7",
		"1_000", ".inf", "-.INF", ".nan", "2020-01-01", "12:30:45", "<<", "=", "- a", "-", "--- x", "---", "...", "? a", "?", ": a", ":", "a:", "a: b",
		"a :b", "#", "a #b", "a#b", "[a]", "{a}", "]", "}", ",a", "&a", "*a", "!a", "|", "|-", ">", "%a", "@a", "`a", "'", "''", `"`, `\`, `a\b`, `"a"`, "'a'",
		"a\nb", "a\n", "\na", "a\n\n", "a\n\nb", " a\nb", "a\n b", "a\n  \nb", "\n", "\n\n", "a\tb", "\ta", "a\t", "a\nb\tc", "a\rb", "a\r\nb", "a\n#b", "a\n: b", "a: b\nc",
		"\x00", "\x1b[31m", "\x7f", "\u0085", "\u00a0", "\u2028", "a\u2029b", "\ufeff", "\ufeffa", "\ufffd", "\ufffe", "\uffff", "\U0001f600", "\U000e0041", "\U0010ffff",
		"é: x", "é #x", "é:", "é ", "aé\nb", "aé\tb", "世界", "\u200c", "\u202e", "a,b", "a]b", "a}b", "a&b", "a|b", strings.Repeat("k", 1100), strings.Repeat("k ", 600), "a\n" + strings.Repeat("x", 200),
	}
	return all
}

func TestYAMLKeepsEveryString(t *testing.T) {
	t.Parallel()
	var values []any
	for _, s := range hostileStrings() {
		values = append(values, s, []any{s}, map[string]any{s: s}, map[string]any{"k": s, "l": map[string]any{"m": []any{s, s}, s: []any{}}}, []any{[]any{s}, map[string]any{}})
	}
	values = append(values, values)
	for _, value := range values {
		raw, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		checkYAML(t, raw)
	}
}

// checkYAML prints JSON as YAML, and reads that back.
func checkYAML(t *testing.T, raw []byte) {
	t.Helper()
	var want any
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	for _, tty := range []bool{false, true} {
		text := printed(t, Printer{Format: FormatYAML, TTY: tty}, json.RawMessage(raw), nil)
		var node yaml.Node
		if err := yaml.Unmarshal([]byte(text), &node); err != nil {
			t.Errorf("%s became %q: %v", raw, text, err)
			return
		}
		if diff := cmp.Diff(want, plain(t, &node)); diff != "" {
			t.Errorf("%s became %q (-want +got)\n%s", raw, text, diff)
		}
	}
}

// plain returns what a YAML document says, with the types of JSON.
func plain(t *testing.T, n *yaml.Node) any {
	t.Helper()
	switch n.Kind {
	case yaml.DocumentNode:
		return plain(t, n.Content[0])
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			if n.Content[i].ShortTag() != "!!str" {
				t.Errorf("key %q is a %s", n.Content[i].Value, n.Content[i].ShortTag())
			}
			m[n.Content[i].Value] = plain(t, n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := []any{}
		for _, child := range n.Content {
			list = append(list, plain(t, child))
		}
		return list
	case yaml.ScalarNode, yaml.AliasNode:
	}
	switch n.ShortTag() {
	case "!!str":
		return n.Value
	case "!!null":
		return nil
	case "!!bool":
		return n.Value == "true"
	}
	var number float64
	if err := json.Unmarshal([]byte(n.Value), &number); err != nil {
		t.Errorf("%q is a %s", n.Value, n.ShortTag())
	}
	return number
}

// Whatever JSON there is, its YAML says the same.
func FuzzYAML(f *testing.F) {
	f.Add(ordinary)
	for _, s := range hostileStrings() {
		raw, _ := json.Marshal(map[string]any{"k": []any{s}, s: s})
		f.Add(string(raw))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) || hasDoubleKeys(text) {
			return
		}
		var v any
		if json.Unmarshal([]byte(text), &v) != nil {
			return // a number that no float holds
		}
		checkYAML(t, []byte(text))
	})
}

// hasDoubleKeys reports whether an object has a key twice, which YAML refuses.
func hasDoubleKeys(text string) bool {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var walk func() bool
	walk = func() bool {
		token, err := d.Token()
		open, ok := token.(json.Delim)
		if err != nil || !ok {
			return err != nil
		}
		seen := map[any]bool{}
		for d.More() {
			if open == '{' {
				key, _ := d.Token()
				if seen[key] {
					return true
				}
				seen[key] = true
			}
			if walk() {
				return true
			}
		}
		_, err = d.Token()
		return err != nil
	}
	return walk()
}

// A list is the same JSON whether it is printed whole or element by element.
func TestJSONOfLists(t *testing.T) {
	t.Parallel()
	type item struct {
		Name string `json:"name"`
		List []int  `json:"list"`
	}
	for name, value := range map[string]any{
		"structs":    []item{{"<a>", []int{1, 2}}, {"b", nil}},
		"pointers":   []*item{{"a", []int{}}, nil},
		"raw":        []json.RawMessage{json.RawMessage(destination), json.RawMessage(" 1 "), nil},
		"marshalers": []upper{"a", "b"},
		"empty":      []item{},
		"nil":        []item(nil),
		"bytes":      []byte("abc"),
		"own form":   upperList{"a"},
		"nested":     [][]string{{"a"}, {}},
		"none":       nil,
		"scalar":     7,
		"array":      [2]int{1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var compact, want bytes.Buffer
			e := json.NewEncoder(&compact)
			e.SetEscapeHTML(false)
			if err := e.Encode(value); err != nil {
				t.Fatal(err)
			}
			if err := json.Indent(&want, compact.Bytes(), "", "  "); err != nil {
				t.Fatal(err)
			}
			for _, tty := range []bool{false, true} {
				if diff := cmp.Diff(want.String(), printed(t, Printer{Format: FormatJSON, TTY: tty}, value, nil)); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
			}
		})
	}
}

// upper has its JSON form by a method of its pointer, which counts within a slice.
type upper string

func (u *upper) MarshalJSON() ([]byte, error) { return json.Marshal(strings.ToUpper(string(*u))) }

type upperList []string

func (u upperList) MarshalJSON() ([]byte, error) { return json.Marshal(strings.ToUpper(u[0])) }
