package sandbox

import (
	"bytes"
	"encoding/json"

	"go.yaml.in/yaml/v3"
)

// yamlPages returns a function that reads one YAML document after the other, each as JSON: the wire format has more
// types than there are YAML tags here. Objects keep the order of their keys, as the answers of the API have one.
func yamlPages(data []byte) func() (json.RawMessage, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	return func() (json.RawMessage, error) {
		var document yaml.Node
		if err := dec.Decode(&document); err != nil {
			return nil, err
		}
		var whole any
		if err := document.Decode(&whole); err != nil { // finds repeated keys, and aliases without an end
			return nil, err
		}
		var out bytes.Buffer
		err := writeYAML(&out, &document)
		return out.Bytes(), err
	}
}

// writeYAML writes a node as JSON.
func writeYAML(out *bytes.Buffer, node *yaml.Node) error {
	switch node.Kind {
	case yaml.DocumentNode:
		return writeYAML(out, node.Content[0])
	case yaml.AliasNode:
		return writeYAML(out, node.Alias)
	case yaml.SequenceNode:
		out.WriteByte('[')
		for i, item := range node.Content {
			if i > 0 {
				out.WriteByte(',')
			}
			if err := writeYAML(out, item); err != nil {
				return err
			}
		}
		out.WriteByte(']')
		return nil
	case yaml.MappingNode:
		out.WriteByte('{')
		defer out.WriteByte('}')
		return writeYAMLFields(out, node)
	case yaml.ScalarNode:
		if node.Tag == "!!timestamp" { // JSON has none: it was meant as text
			return writeJSON(out, node.Value)
		}
	}
	var value any
	if err := node.Decode(&value); err != nil {
		return err
	}
	return writeJSON(out, value)
}

func writeYAMLFields(out *bytes.Buffer, node *yaml.Node) error {
	for i, field := range yamlFields(node) {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := writeJSON(out, field.name); err != nil {
			return err
		}
		out.WriteByte(':')
		if err := writeYAML(out, field.value); err != nil {
			return err
		}
	}
	return nil
}

type yamlField struct {
	name  string
	value *yaml.Node
}

// yamlFields are the fields of a mapping in order. What it merges (<<) stands in the place of the merge, unless the mapping
// has a field of that name itself.
func yamlFields(node *yaml.Node) []yamlField {
	own := map[string]bool{}
	for i := 0; i < len(node.Content); i += 2 {
		own[node.Content[i].Value] = true
	}
	var fields []yamlField
	for i := 0; i < len(node.Content); i += 2 {
		name, value := node.Content[i], node.Content[i+1]
		if name.Tag != "!!merge" {
			fields = append(fields, yamlField{name.Value, value})
			continue
		}
		merged := []*yaml.Node{value}
		if value.Kind == yaml.SequenceNode {
			merged = value.Content
		}
		for _, source := range merged {
			if source.Kind == yaml.AliasNode {
				source = source.Alias
			}
			for _, field := range yamlFields(source) {
				if !own[field.name] {
					own[field.name] = true // of several merged mappings, the first wins
					fields = append(fields, field)
				}
			}
		}
	}
	return fields
}

func writeJSON(out *bytes.Buffer, value any) error {
	b, err := json.Marshal(value)
	out.Write(b)
	return err
}
