package desired

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/segment"
)

// settingWriter writes the value of one setting.
type settingWriter struct {
	export    *Export
	found     Found
	name      string
	variables []Variable
}

// write returns the node of a value, with a variable for each text in it that is a secret. Where a secret is no text, the
// value as a whole is one variable. ok is false where that could not be read back.
func (w *settingWriter) write(entry segment.ConfigEntry) (node *yaml.Node, ok bool) {
	is, err := decode(entry.Value)
	if err != nil {
		return nil, false
	}
	masked, err := decode(destination.MaskSetting(entry, w.found.Catalog))
	if err != nil {
		return nil, false
	}
	if _, isText := is.(string); !isText {
		if node, ok := w.node(is, masked, nil, 0); ok {
			return node, true
		}
	} else if masked == is {
		return text(escape(is.(string))), true
	}
	w.variables = nil
	return w.whole(entry.Value)
}

// whole returns the node of a value that is one variable. The variable's text gets the type of the setting, so that there
// has to be one which becomes the value again.
func (w *settingWriter) whole(value json.RawMessage) (*yaml.Node, bool) {
	s := segment.Setting{Name: w.name}
	for _, known := range w.found.Catalog {
		if known.Name == w.name {
			s = known
		}
	}
	var plain string
	texts := []string{string(value)}
	if json.Unmarshal(value, &plain) == nil {
		texts = []string{plain, string(value)}
	}
	for _, candidate := range texts {
		if back, err := segment.ParseValue(s, candidate); err == nil && segment.SameJSON(back, value) {
			return text("${" + w.variable() + "}"), true
		}
	}
	return nil, false
}

// node returns the node of a part of a value. masked is the same without its secrets: what differs is one.
func (w *settingWriter) node(is, masked any, path []string, depth int) (*yaml.Node, bool) {
	if depth >= maxDepth {
		return nil, false
	}
	switch is := is.(type) {
	case string:
		if masked != any(is) {
			return text("${" + w.variable(path...) + "}"), true
		}
		return text(escape(is)), true
	case []any:
		hidden, ok := masked.([]any)
		if !ok || len(hidden) != len(is) {
			return nil, false
		}
		list := &yaml.Node{Kind: yaml.SequenceNode}
		for i := range is {
			item, ok := w.node(is[i], hidden[i], append(slices.Clone(path), strconv.Itoa(i+1)), depth+1)
			if !ok {
				return nil, false
			}
			list.Content = append(list.Content, item)
		}
		return list, true
	case map[string]any:
		hidden, ok := masked.(map[string]any)
		if !ok || len(hidden) != len(is) {
			return nil, false
		}
		m := mapping()
		for _, name := range slices.Sorted(maps.Keys(is)) {
			value, shown := hidden[name]
			if !shown { // the name itself is a secret
				return nil, false
			}
			field, ok := w.node(is[name], value, append(slices.Clone(path), name), depth+1)
			if !ok {
				return nil, false
			}
			put(m, escape(name), field)
		}
		return m, true
	}
	if masked != is {
		return nil, false
	}
	return scalar(string(encode(is))), true
}

// variable returns a new variable for a part of the setting.
func (w *settingWriter) variable(path ...string) string {
	f := w.found
	owner := cmp.Or(f.Card.Label, f.Name.Workspace+"/"+f.Name.Source)
	name := w.export.names.unique(owner, append([]string{w.name}, path...)...)
	w.variables = append(w.variables, Variable{name, w.name + " of " + f.Name.Destination + " on " + f.customer()})
	return name
}
