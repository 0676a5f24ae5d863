package output

import (
	"bytes"
	"fmt"
)

// printYAML prints a value as YAML: keys in the order of its JSON, numbers digit by digit. It is written as it is read, for
// the nodes of a whole document would take a hundred times its memory. It looks as the library writes it with an indent
// of two, and says the same where the two differ in quotes.
func (p *Printer) printYAML(value any) error {
	var w yamlWriter
	empty := true
	isList, err := eachElement(value, func(raw []byte) error {
		empty = false
		w.b.WriteString("- ")
		if err := w.document(raw, 2); err != nil {
			return err
		}
		return p.flush(&w.b, chunk)
	})
	switch {
	case err != nil:
		return err
	case isList && empty:
		w.b.WriteString("[]\n")
	case !isList:
		raw, err := marshal(value)
		if err != nil {
			return err
		}
		if err := w.document(raw, 0); err != nil {
			return err
		}
	}
	return p.flush(&w.b, 0)
}

// yamlWriter turns JSON into YAML.
type yamlWriter struct {
	b    bytes.Buffer
	json *jsonText
}

// document writes one JSON value. Its lines after the first are indented by so many columns.
func (w *yamlWriter) document(raw []byte, indent int) (err error) {
	if w.json, err = newJSONText(raw); err == nil {
		err = w.value(indent, false)
	}
	if err != nil {
		return fmt.Errorf("read result: %w", err)
	}
	return nil
}

// value writes one value, and ends its line. After a key it is on the key's line, or on lines of its own below.
func (w *yamlWriter) value(indent int, afterKey bool) error {
	next := w.json.next()
	if next == '{' || next == '[' {
		return w.collection(next, indent, afterKey)
	}
	if afterKey {
		w.b.WriteByte(' ')
	}
	if next == '"' {
		s, err := w.json.string()
		if err != nil {
			return err
		}
		w.text(s, indent)
	} else {
		w.b.Write(w.json.literal())
	}
	w.b.WriteByte('\n')
	return nil
}

// collection writes a list or an object.
func (w *yamlWriter) collection(open byte, indent int, afterKey bool) error {
	end := open + 2 // as ASCII has it: [ ] { }
	w.json.take(open)
	if w.json.take(end) {
		if afterKey {
			w.b.WriteByte(' ')
		}
		w.b.Write([]byte{open, end, '\n'})
		return nil
	}
	if afterKey {
		w.b.WriteByte('\n')
		w.indent(indent)
	}
	for {
		if open == '[' {
			w.b.WriteString("- ")
		} else if err := w.key(indent); err != nil {
			return err
		}
		if err := w.value(indent+2, open == '{'); err != nil {
			return err
		}
		if !w.json.take(',') {
			w.json.take(end)
			return nil
		}
		w.indent(indent)
	}
}

// longestKey is how long a key may be that stands before its value on one line, in bytes: YAML allows 1024 characters.
const longestKey = 1000

// key writes a key and its colon.
func (w *yamlWriter) key(indent int) error {
	name, err := w.json.string()
	if err != nil {
		return err
	}
	w.json.take(':')
	if len(name) <= longestKey {
		w.oneLine(name)
	} else {
		w.b.WriteString("? ")
		w.oneLine(name)
		w.b.WriteByte('\n')
		w.indent(indent)
	}
	w.b.WriteByte(':')
	return nil
}

func (w *yamlWriter) indent(columns int) {
	for range columns {
		w.b.WriteByte(' ')
	}
}
