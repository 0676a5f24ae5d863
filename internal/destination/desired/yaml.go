package desired

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/segctl/segctl/internal/segment"
)

const (
	// maxDepth bounds how deep a document is nested. A YAML alias can stand within what it repeats.
	maxDepth = 100
	// minNodes, and one for each byte of a file, is how many nodes are looked at: a file has no more without aliases, and
	// aliases of aliases would fill the memory.
	minNodes = 1 << 12
)

// decoder reads the nodes of one file.
type decoder struct {
	path   string
	budget int // how many more nodes are looked at
}

// at returns the error of a node.
func (d *decoder) at(n *yaml.Node, problem string) error {
	return &Error{File: d.path, Line: n.Line, Column: n.Column, Problem: problem}
}

// parse returns the root of the one document in a text.
func (d *decoder) parse(text []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil, &Error{File: d.path, Problem: "is empty"}
	case err != nil:
		return nil, d.garbled(err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		if err == nil {
			return nil, &Error{File: d.path, Problem: "holds more than one document"}
		}
		return nil, d.garbled(err)
	}
	root, err := d.resolve(document.Content[0])
	if err == nil && root.ShortTag() == "!!null" {
		err = &Error{File: d.path, Problem: "is empty"}
	}
	return root, err
}

// garbled returns the error of a text that the parser refused. What the parser says may quote what is there.
func (d *decoder) garbled(err error) error {
	e := &Error{File: d.path, Problem: "is neither YAML nor JSON"}
	if found := regexp.MustCompile(`line (\d+):`).FindStringSubmatch(err.Error()); found != nil {
		e.Line, _ = strconv.Atoi(found[1])
	}
	return e
}

// resolve returns a node, or what it is an alias of.
func (d *decoder) resolve(n *yaml.Node) (*yaml.Node, error) {
	if d.budget--; d.budget < 0 {
		return nil, d.at(n, "is too large with its aliases")
	}
	if n.Kind == yaml.AliasNode {
		return d.resolve(n.Alias)
	}
	return n, nil
}

// pair is a field of a mapping.
type pair struct {
	name       string
	key, value *yaml.Node
}

// mapping returns the fields of a mapping, in their order, each once. what is at fault where it is none.
func (d *decoder) mapping(n *yaml.Node, what string) ([]pair, error) {
	if n.Kind != yaml.MappingNode {
		return nil, d.at(n, what+" must be a map of names and values")
	}
	var pairs []pair
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, err := d.resolve(n.Content[i])
		if err != nil {
			return nil, err
		}
		switch {
		case key.ShortTag() == "!!merge":
			return nil, d.at(key, "has a merge key (<<), which is not supported")
		case key.Kind != yaml.ScalarNode, key.ShortTag() == "!!null":
			return nil, d.at(key, "has a key that is no text")
		}
		parts, problem := split(key.Value)
		if problem == "" && (len(parts) > 1 || len(parts) == 1 && parts[0].variable != "") {
			problem = "has a variable in a key: only the values of settings can have one"
		}
		if problem != "" {
			return nil, d.at(key, problem)
		}
		p := pair{key: key}
		if len(parts) == 1 {
			p.name = parts[0].text
		}
		if seen[p.name] {
			return nil, d.at(key, "has "+quoted(p.name)+" twice")
		}
		seen[p.name] = true
		if p.value, err = d.resolve(n.Content[i+1]); err != nil {
			return nil, err
		}
		pairs = append(pairs, p)
	}
	return pairs, nil
}

// fields returns the fields of a mapping that may have only those that are known.
func (d *decoder) fields(n *yaml.Node, known ...string) (map[string]*yaml.Node, error) {
	pairs, err := d.mapping(n, "this")
	if err != nil {
		return nil, err
	}
	fields := make(map[string]*yaml.Node, len(pairs))
	for _, p := range pairs {
		if !slices.Contains(known, p.name) {
			problem := quoted(p.name) + " is unknown here, where there are " + strings.Join(known, ", ")
			if near := segment.Nearest(p.name, known); len(near) > 0 {
				problem = quoted(p.name) + " is unknown here: did you mean " + strings.Join(near, " or ") + "?"
			}
			return nil, d.at(p.key, problem)
		}
		fields[p.name] = p.value
	}
	return fields, nil
}

// quoted returns a key as a message may have it: what does not look like the name of a field may be a value that has got
// into the wrong place.
func quoted(key string) string {
	if regexp.MustCompile(`^[A-Za-z][A-Za-z_-]{0,39}$`).MatchString(key) {
		return strconv.Quote(key)
	}
	return "a key"
}

// text returns the text of a node outside of settings, where no variable may be.
func (d *decoder) text(n *yaml.Node, what string) (string, error) {
	switch {
	case n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" || n.Value == "":
		return "", d.at(n, what+" must be text")
	case strings.Contains(n.Value, "${"):
		return "", d.at(n, what+" has a variable: only the values of settings can have one")
	}
	return n.Value, nil
}

// texts returns the texts of a list with at least one item; numbers are text too, for installs are named by them.
func (d *decoder) texts(n *yaml.Node, what string) ([]string, error) {
	if len(n.Content) == 0 {
		return nil, d.at(n, what+" must not be empty")
	}
	var all []string
	for _, item := range n.Content {
		item, err := d.resolve(item)
		if err != nil {
			return nil, err
		}
		if item.Kind == yaml.ScalarNode && item.ShortTag() == "!!int" {
			all = append(all, item.Value)
			continue
		}
		text, err := d.text(item, what)
		if err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return all, nil
}
