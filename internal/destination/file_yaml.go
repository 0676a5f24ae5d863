package destination

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// toJSON turns YAML, of which JSON is a part, into JSON whose lines are those of the YAML. JSON stays as it is, with its
// numbers as they are spelled.
func toJSON(text []byte) (json.RawMessage, error) {
	if json.Valid(text) {
		return text, nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil, &FileError{Problem: "is empty"}
	case err != nil:
		return nil, &FileError{Line: lineOf(err), Problem: "is neither JSON nor YAML"}
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, &FileError{Line: lineOf(err), Problem: "holds more than one document"}
	}
	w := &yamlWriter{line: 1, limit: minDocument + maxGrowth*len(text)}
	if err := w.node(document.Content[0], 0); err != nil {
		return nil, err
	}
	return w.b.Bytes(), nil
}

// lineOf returns the line that an error of the parser names, 0 for none. The error itself may quote what is there.
func lineOf(err error) int {
	if err == nil {
		return 0
	}
	found := regexp.MustCompile(`line (\d+):`).FindStringSubmatch(err.Error())
	if found == nil {
		return 0
	}
	line, _ := strconv.Atoi(found[1])
	return line
}

const (
	// maxDepth bounds how deep a document is nested. A YAML alias can stand within what it repeats.
	maxDepth = 100
	// The JSON of a document has at most minDocument bytes and maxGrowth for each of the YAML's, which is more than it
	// takes without aliases: aliases of aliases would fill the memory.
	minDocument = 64 << 10
	maxGrowth   = 8
)

// yamlWriter writes YAML nodes as JSON, each on the line that it has in the YAML.
type yamlWriter struct {
	b     bytes.Buffer
	line  int
	limit int // of b, in bytes
}

func (w *yamlWriter) node(n *yaml.Node, depth int) error {
	for ; w.line < n.Line; w.line++ {
		w.b.WriteByte('\n')
	}
	if depth > maxDepth || w.b.Len() > w.limit {
		return &FileError{Line: n.Line, Problem: "is nested too deep, or is too large with its aliases"}
	}
	switch n.Kind {
	case yaml.AliasNode:
		return w.node(n.Alias, depth+1)
	case yaml.MappingNode:
		return w.mapping(n, depth)
	case yaml.SequenceNode:
		return w.sequence(n, depth)
	case yaml.ScalarNode, yaml.DocumentNode:
	}
	return w.scalar(n)
}

func (w *yamlWriter) mapping(n *yaml.Node, depth int) error {
	w.b.WriteByte('{')
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case key.ShortTag() == "!!merge":
			return &FileError{Line: key.Line, Problem: "has a merge key (<<), which is not supported"}
		case key.Kind != yaml.ScalarNode:
			return &FileError{Line: key.Line, Problem: "has a key that is no text"}
		}
		if i > 0 {
			w.b.WriteByte(',')
		}
		if err := w.text(key.Value); err != nil {
			return err
		}
		w.b.WriteByte(':')
		if err := w.node(n.Content[i+1], depth+1); err != nil {
			return err
		}
	}
	w.b.WriteByte('}')
	return nil
}

func (w *yamlWriter) sequence(n *yaml.Node, depth int) error {
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
}

// scalar writes numbers as they are spelled where JSON spells them so too. A date is text: JSON has no dates.
func (w *yamlWriter) scalar(n *yaml.Node) error {
	switch n.ShortTag() {
	case "!!null", "!!bool", "!!int", "!!float":
	default:
		return w.text(n.Value)
	}
	if tag := n.ShortTag(); (tag == "!!int" || tag == "!!float") && json.Valid([]byte(n.Value)) {
		w.b.WriteString(n.Value)
		return nil
	}
	var value any
	err := n.Decode(&value)
	if err == nil {
		var text []byte
		if text, err = json.Marshal(value); err == nil {
			w.b.Write(text)
			return nil
		}
	}
	return &FileError{Line: n.Line, Problem: "has a number that JSON cannot hold"}
}

func (w *yamlWriter) text(s string) error {
	text, err := encode(s)
	w.b.Write(text)
	return err
}
