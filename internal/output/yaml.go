package output

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/segctl/segctl/internal/secret"
)

// printYAML prints JSON as YAML: keys in the same order, numbers digit by digit.
func (p *Printer) printYAML(raw []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	node, err := readNode(decoder)
	if err != nil {
		return fmt.Errorf("read result: %w", err)
	}
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(node); err != nil {
		return fmt.Errorf("encode result as YAML: %w", err)
	}
	if err := encoder.Close(); err != nil {
		return fmt.Errorf("encode result as YAML: %w", err)
	}
	return p.writeEscaped(b.Bytes())
}

// readNode reads one JSON value as YAML nodes, which unlike maps have an order.
func readNode(decoder *json.Decoder) (*yaml.Node, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		node := &yaml.Node{Kind: yaml.MappingNode}
		if t == '[' {
			node.Kind = yaml.SequenceNode
		}
		for decoder.More() {
			child, err := readNode(decoder)
			if err != nil {
				return nil, err
			}
			node.Content = append(node.Content, child)
		}
		_, err := decoder.Token()
		return node, err
	case string:
		return stringNode(t), nil
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: t.String()}, nil
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: fmt.Sprint(t)}, nil
	default:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}, nil
	}
}

// stringNode quotes a string that has unsafe characters, for it is only within double quotes that YAML knows \uXXXX.
func stringNode(s string) *yaml.Node {
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if strings.ContainsRune(s, '\t') || secret.CleanText(s) != s {
		node.Style = yaml.DoubleQuotedStyle
	}
	return node
}
