package desired

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// SchemaURL is where editors find the JSON Schema of the files.
const SchemaURL = "https://raw.githubusercontent.com/segctl/segctl/main/docs/schema/destinations.schema.json"

// Found is a destination that is to be written into a file.
type Found struct {
	Card        install.Card // without a name for a token that was given
	Name        segment.Name
	Destination *segment.Destination
	Catalog     []segment.Setting // none where the catalog cannot be read
}

// Export is a file of destinations as they are. Their secrets are not in it: each is a variable.
type Export struct {
	Variables []Variable
	Notes     []string // what could not be written
	entries   []*yaml.Node
	names     names
}

// Variable is a secret that whoever uses the file has to give.
type Variable struct {
	Name string
	For  string // such as "apiKey of clearbrain on acme/js"
}

// Add adds an entry.
func (x *Export) Add(f Found) {
	entry := mapping()
	put(entry, "destination", text(f.Name.Destination))
	if f.Card.Name != "" {
		one := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: []*yaml.Node{text(f.Card.Name)}}
		put(entry, "installs", one)
	}
	if source := f.Name.Parent(); len(f.Card.Sources) != 1 || f.Card.Sources[0] != source.String() {
		put(entry, "workspace", text(source.Workspace))
		put(entry, "source", text(source.Source))
	}
	put(entry, "enabled", scalar(strconv.FormatBool(f.Destination.Enabled)))
	if mode := f.Destination.ConnectionMode; mode != "" {
		put(entry, "connection_mode", text(mode))
	}
	before := len(x.Variables)
	if settings := x.settings(f); len(settings.Content) > 0 {
		put(entry, "settings", settings)
	}
	entry.HeadComment = comment(f.customer(), x.Variables[before:])
	x.entries = append(x.entries, entry)
}

// customer calls the install what a person calls it.
func (f Found) customer() string {
	place := f.Name.Workspace + "/" + f.Name.Source
	if f.Card.Label != "" {
		return f.Card.Label + ", " + place
	}
	return place
}

func comment(customer string, needs []Variable) string {
	if len(needs) == 0 {
		return secret.Clean(customer)
	}
	list := make([]string, len(needs))
	for i, v := range needs {
		list[i] = v.Name
	}
	return secret.Clean(customer) + ": needs " + strings.Join(list, ", ")
}

// settings returns the settings of a destination, sorted. One that is not set is left out: null would clear it.
func (x *Export) settings(f Found) *yaml.Node {
	settings := mapping()
	config := slices.Clone(f.Destination.Config)
	slices.SortStableFunc(config, func(a, b segment.ConfigEntry) int {
		return strings.Compare(segment.SettingOf(a.Name), segment.SettingOf(b.Name))
	})
	config = slices.CompactFunc(config, func(a, b segment.ConfigEntry) bool {
		return segment.SettingOf(a.Name) == segment.SettingOf(b.Name)
	})
	for _, entry := range config {
		name := segment.SettingOf(entry.Name)
		if trimmed := strings.TrimSpace(string(entry.Value)); trimmed == "" || trimmed == "null" {
			continue
		}
		w := &settingWriter{export: x, found: f, name: name}
		node, ok := w.write(entry)
		if !ok || wire.CheckID(name) != nil {
			x.Notes = append(x.Notes, fmt.Sprintf("%s of %s on %s is left out: a file cannot have its value without its secrets",
				secret.Clean(name), f.Name.Destination, f.customer()))
			continue
		}
		x.Variables = append(x.Variables, w.variables...)
		put(settings, name, node)
	}
	return settings
}

// Write writes the file. failed are the destinations that could not be read: then its last line says that it is not whole.
func (x *Export) Write(out io.Writer, failed int) error {
	var b strings.Builder
	b.WriteString("# yaml-language-server: $schema=" + SchemaURL + "\n")
	b.WriteString("# Written by segctl dest export. Secrets are variables, which are listed at the end.\n")
	b.WriteString("version: 1\n" + listKey)
	for _, entry := range x.entries {
		item, err := listItem(entry)
		if err != nil {
			return err
		}
		b.WriteString(item)
	}
	if len(x.Variables) > 0 {
		b.WriteString("# The variables, to be set in the environment, or in a CSV that `values: FILE` names:\n")
	}
	for _, v := range x.Variables {
		b.WriteString("#   " + v.Name + "   " + secret.Clean(v.For) + "\n")
	}
	for _, note := range x.Notes {
		b.WriteString("# " + secret.Clean(note) + ".\n")
	}
	if failed > 0 {
		fmt.Fprintf(&b, "# NOT WHOLE: %d of %d destinations could not be read, and are missing here.\n", failed, failed+len(x.entries))
	} else {
		fmt.Fprintf(&b, "# Whole: destinations: %d.\n", len(x.entries))
	}
	_, err := io.WriteString(out, b.String())
	return err
}
