package desired

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// Entry is what a file says of one destination, on one install or many.
type Entry struct {
	Destination       string // a slug or a full name; "" is the one that the scope of an install names
	Installs          Installs
	Workspace, Source string // where an install leaves it open
	Enabled           *bool  // nil: not said
	Mode              string // "": not said
	Settings          []Setting

	file  *File
	line  int
	where map[string]string // the places of the settings, by their names
}

// Installs says which installs an entry is for. The zero value leaves that open.
type Installs struct {
	All   bool
	Match []string
	Names []string
	Place string // where it is said, such as clearbrain.yaml:5:15
}

// IsOpen reports whether an entry does not say which installs it is for.
func (i Installs) IsOpen() bool { return i.Place == "" }

// Setting is what a file says of one setting.
type Setting struct {
	Name  string
	value value
}

// Place says where the entry is: clearbrain.yaml:4.
func (e *Entry) Place() string { return place(e.file.Path, e.line, 0) }

// Slug returns the slug of the destination, "" where the entry leaves it to the scope.
func (e *Entry) Slug() string { return segment.IDOf(e.Destination) }

func (d *decoder) entry(f *File, n *yaml.Node) (*Entry, error) {
	n, err := d.resolve(n)
	if err != nil {
		return nil, err
	}
	fields, err := d.fields(n, "destination", "installs", "workspace", "source", "enabled", "connection_mode", "settings")
	if err != nil {
		return nil, err
	}
	e := &Entry{file: f, line: n.Line, where: map[string]string{}}
	for _, field := range []struct {
		name string
		read func(n *yaml.Node) error
	}{
		{"destination", func(n *yaml.Node) error { return d.place(n, "destination", &e.Destination) }},
		{"installs", func(n *yaml.Node) error { return d.installs(n, &e.Installs) }},
		{"workspace", func(n *yaml.Node) error { return d.place(n, "workspace", &e.Workspace) }},
		{"source", func(n *yaml.Node) error { return d.place(n, "source", &e.Source) }},
		{"enabled", func(n *yaml.Node) error { return d.boolean(n, "enabled", &e.Enabled) }},
		{"connection_mode", func(n *yaml.Node) error { return d.mode(n, &e.Mode) }},
		{"settings", func(n *yaml.Node) error { return d.settings(n, e) }},
	} {
		if n, ok := fields[field.name]; ok {
			if err := field.read(n); err != nil {
				return nil, err
			}
		}
	}
	return e, nil
}

// place reads the slug or full name of a destination, source or workspace.
func (d *decoder) place(n *yaml.Node, kind string, into *string) error {
	text, err := d.text(n, kind)
	if err != nil {
		return err
	}
	*into = text
	if !strings.Contains(text, "/") {
		if wire.CheckID(text) != nil {
			return d.at(n, kind+" must be a slug or a full name")
		}
		return nil
	}
	name, err := segment.ParseName(text)
	is := map[string]bool{
		"destination": name.Destination != "",
		"source":      name.Source != "" && name.Destination == "",
		"workspace":   name.Workspace != "" && name.Source == "",
	}
	if err != nil || !is[kind] {
		return d.at(n, kind+" must be a slug or a full name, such as workspaces/acme"+map[string]string{
			"destination": "/sources/js/destinations/clearbrain", "source": "/sources/js",
		}[kind])
	}
	return nil
}

func (d *decoder) boolean(n *yaml.Node, name string, into **bool) error {
	var value bool
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" || n.Decode(&value) != nil {
		return d.at(n, name+" must be true or false")
	}
	*into = &value
	return nil
}

func (d *decoder) mode(n *yaml.Node, into *string) error {
	text, err := d.text(n, "connection_mode")
	if err == nil && !slices.Contains([]string{segment.ModeCloud, segment.ModeDevice, segment.ModeUnspecified}, text) {
		err = d.at(n, "connection_mode must be CLOUD, DEVICE or UNSPECIFIED")
	}
	*into = text
	return err
}

// installs reads a list of names, {match: GLOB}, {match: [GLOB, …]} or {all: true}.
func (d *decoder) installs(n *yaml.Node, into *Installs) error {
	into.Place = place(d.path, n.Line, n.Column)
	var err error
	if n.Kind == yaml.SequenceNode {
		into.Names, err = d.texts(n, "installs")
		return err
	}
	if n.Kind != yaml.MappingNode {
		return d.at(n, "installs must be a list of installs, {match: GLOB} or {all: true}")
	}
	fields, err := d.fields(n, "match", "all")
	if err != nil {
		return err
	}
	match, matches := fields["match"]
	all, isAll := fields["all"]
	switch {
	case matches == isAll:
		return d.at(n, "installs must have one of match and all")
	case isAll:
		var value *bool
		if d.boolean(all, "all", &value) != nil || !*value {
			return d.at(all, "all must be true")
		}
		into.All = true
	case match.Kind == yaml.SequenceNode:
		into.Match, err = d.texts(match, "match")
	default:
		into.Match = make([]string, 1)
		into.Match[0], err = d.text(match, "match")
	}
	return err
}

func (d *decoder) settings(n *yaml.Node, e *Entry) error {
	pairs, err := d.mapping(n, "settings")
	if err != nil {
		return err
	}
	for _, pair := range pairs {
		if wire.CheckID(pair.name) != nil {
			return d.at(pair.key, "a setting has a name with characters that no name has")
		}
		v, err := d.value(pair.value)
		if err != nil {
			return err
		}
		e.where[pair.name] = place(d.path, pair.key.Line, pair.key.Column)
		e.Settings = append(e.Settings, Setting{pair.name, v})
	}
	return nil
}
