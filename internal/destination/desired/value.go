package desired

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// value is the value of a setting: JSON, in which variables may stand within strings.
type value struct {
	parts []part
	typed string // the variable that the value is as a whole, whose text gets the type of the setting; "" for none
}

// part is either text or a variable. In a value, the text is JSON.
type part struct {
	text     string
	variable string
	line     int
	column   int
}

// isNull reports whether the value is null, which clears a setting.
func (v value) isNull() bool { return len(v.parts) == 1 && v.parts[0].text == "null" }

// variables returns the names of the variables in a value.
func (v value) variables() []part {
	return slices.DeleteFunc(slices.Clone(v.parts), func(p part) bool { return p.variable == "" })
}

// json returns the value with the texts of its variables in it.
func (v value) json(texts map[string]string) string {
	var b strings.Builder
	for _, p := range v.parts {
		if p.variable == "" {
			b.WriteString(p.text)
			continue
		}
		inner := encode(texts[p.variable])
		b.Write(inner[1 : len(inner)-1])
	}
	return b.String()
}

// value reads the value of a setting.
func (d *decoder) value(n *yaml.Node) (value, error) {
	w := &valueWriter{decoder: d}
	if err := w.node(n, 0); err != nil {
		return value{}, err
	}
	w.cut()
	v := value{parts: w.parts}
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" {
		if parts, _ := split(n.Value); len(parts) == 1 {
			v.typed = parts[0].variable
		}
	}
	return v, nil
}

// valueWriter writes YAML nodes as JSON, cut where variables are.
type valueWriter struct {
	decoder *decoder
	b       bytes.Buffer
	parts   []part
}

func (w *valueWriter) cut() {
	if w.b.Len() > 0 {
		w.parts = append(w.parts, part{text: w.b.String()})
		w.b.Reset()
	}
}

func (w *valueWriter) node(n *yaml.Node, depth int) error {
	n, err := w.decoder.resolve(n)
	if err != nil {
		return err
	}
	if depth > maxDepth {
		return w.decoder.at(n, "is nested too deep")
	}
	switch n.Kind {
	case yaml.MappingNode:
		return w.mapping(n, depth)
	case yaml.SequenceNode:
		w.b.WriteByte('[')
		for i, item := range n.Content {
			if i > 0 {
				w.b.WriteByte(',')
			}
			if err := w.node(item, depth+1); err != nil {
				return err
			}
		}
		w.b.WriteByte(']')
		return nil
	case yaml.ScalarNode, yaml.AliasNode, yaml.DocumentNode:
	}
	return w.scalar(n)
}

func (w *valueWriter) mapping(n *yaml.Node, depth int) error {
	pairs, err := w.decoder.mapping(n, "this")
	if err != nil {
		return err
	}
	w.b.WriteByte('{')
	for i, p := range pairs {
		if i > 0 {
			w.b.WriteByte(',')
		}
		w.b.Write(encode(p.name))
		w.b.WriteByte(':')
		if err := w.node(p.value, depth+1); err != nil {
			return err
		}
	}
	w.b.WriteByte('}')
	return nil
}

// scalar writes numbers as they are spelled where JSON spells them so too. A date is text: JSON has no dates.
func (w *valueWriter) scalar(n *yaml.Node) error {
	switch tag := n.ShortTag(); tag {
	case "!!str", "!!timestamp":
		return w.text(n)
	case "!!null", "!!bool":
	case "!!int", "!!float":
		if json.Valid([]byte(n.Value)) {
			w.b.WriteString(n.Value)
			return nil
		}
	default:
		return w.decoder.at(n, "has a tag that is not supported: text, numbers, booleans, null, lists and maps are")
	}
	var plain any
	if err := n.Decode(&plain); err != nil {
		return w.decoder.at(n, "is neither text, nor a number that JSON can hold")
	}
	text, err := json.Marshal(plain)
	if err != nil {
		return w.decoder.at(n, "is a number that JSON cannot hold")
	}
	w.b.Write(text)
	return nil
}

func (w *valueWriter) text(n *yaml.Node) error {
	parts, problem := split(n.Value)
	if problem != "" {
		return w.decoder.at(n, problem)
	}
	w.b.WriteByte('"')
	for _, p := range parts {
		if p.variable == "" {
			inner := encode(p.text)
			w.b.Write(inner[1 : len(inner)-1])
			continue
		}
		w.cut()
		w.parts = append(w.parts, part{variable: p.variable, line: n.Line, column: n.Column})
	}
	w.b.WriteByte('"')
	return nil
}
