package config

import (
	"bytes"
	"slices"

	"go.yaml.in/yaml/v3"
)

// set changes the nodes so that the file's comments and order survive. It returns whether there was anything to change.
func (d *document) set(profile, key, value string) bool {
	if d.root == nil {
		d.root = &yaml.Node{Kind: yaml.MappingNode}
	}
	section := d.root
	if key != Profile {
		section = child(child(d.root, "profiles"), profile)
	}
	i := find(section, key)
	if i < 0 {
		section.Content = append(section.Content, textNode(key), textNode(value))
		return true
	}
	n := section.Content[i+1]
	if n.Kind == yaml.ScalarNode && n.Value == value && !isNull(n) {
		return false
	}
	n.Kind, n.Tag, n.Value, n.Style = yaml.ScalarNode, "!!str", value, 0
	return true
}

// begin makes the section of a profile where there is none. It returns whether there was none.
func (d *document) begin(profile string) bool {
	if d.root == nil {
		d.root = &yaml.Node{Kind: yaml.MappingNode}
	}
	profiles := child(d.root, "profiles")
	if find(profiles, profile) >= 0 {
		return false
	}
	child(profiles, profile)
	return true
}

func (d *document) unset(profile, key string) bool {
	if d.root == nil {
		return false
	}
	switch key {
	case Profile:
		return remove(d.root, key)
	case ClientSecret:
		misplaced := remove(d.root, key)
		return remove(lookup(lookup(d.root, "profiles"), profile), key) || misplaced
	default:
		return remove(lookup(lookup(d.root, "profiles"), profile), key)
	}
}

// encode returns the document as YAML. A file of nothing but comments parses to nothing, so its text is kept as it is.
func (d *document) encode() ([]byte, error) {
	var b bytes.Buffer
	node := &d.node
	if node.Kind == 0 || isNull(node.Content[0]) {
		if text := bytes.TrimSpace(d.data); len(text) > 0 && node.Kind == 0 {
			b.Write(append(text, '\n'))
		}
		node = d.root
	}
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(node); err != nil {
		return nil, err
	}
	return b.Bytes(), encoder.Close()
}

// child returns the mapping under key, made where it is missing or null.
func child(m *yaml.Node, key string) *yaml.Node {
	i := find(m, key)
	if i < 0 {
		m.Content = append(m.Content, textNode(key), &yaml.Node{Kind: yaml.MappingNode})
		return m.Content[len(m.Content)-1]
	}
	n := m.Content[i+1]
	if isNull(n) {
		n.Kind, n.Tag, n.Value = yaml.MappingNode, "", ""
	}
	if len(n.Content) == 0 {
		n.Style = 0 // {} would stay on one line
	}
	return n
}

// lookup returns the value under key, or nil.
func lookup(m *yaml.Node, key string) *yaml.Node {
	if i := find(m, key); i >= 0 {
		return m.Content[i+1]
	}
	return nil
}

// find returns the index of a key's node in a mapping, or -1.
func find(m *yaml.Node, key string) int {
	if m == nil || m.Kind != yaml.MappingNode {
		return -1
	}
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return i
		}
	}
	return -1
}

func remove(m *yaml.Node, key string) bool {
	i := find(m, key)
	if i < 0 {
		return false
	}
	m.Content = slices.Delete(m.Content, i, i+2)
	return true
}

func textNode(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
}
