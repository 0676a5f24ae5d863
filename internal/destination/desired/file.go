package desired

import (
	"bytes"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Version is the version of the format.
const Version = 1

// MaxSize is how large a file may be, in bytes.
const MaxSize = 10 << 20

// File is one file of the desired state.
type File struct {
	Path     string // as it was named
	Entries  []*Entry
	Values   string // the CSV that has variables for each install; "" is none
	ValuesAt string // where that is said
}

// Parse reads a file. path is what it is called in messages. The error is an *[Error].
func Parse(path string, text []byte) (*File, error) {
	d := &decoder{path: path, budget: minNodes + len(text)}
	root, err := d.document(text)
	if err != nil {
		return nil, err
	}
	f := &File{Path: path}
	fields, err := d.fields(root, "version", "values", "destinations")
	if err != nil {
		return nil, err
	}
	version, ok := fields["version"]
	switch {
	case !ok:
		return nil, d.at(root, "version is missing: it has to say version: 1")
	case version.ShortTag() != "!!int" || version.Value != "1":
		return nil, d.at(version, "version must be 1, which is the one that this segctl reads")
	}
	if n, ok := fields["values"]; ok {
		if f.Values, err = d.text(n, "values"); err != nil {
			return nil, err
		}
		f.ValuesAt = place(path, n.Line, n.Column)
	}
	list, ok := fields["destinations"]
	if !ok || list.Kind != yaml.SequenceNode || len(list.Content) == 0 {
		if !ok {
			list = root
		}
		return nil, d.at(list, "destinations must be a list with at least one entry")
	}
	for _, n := range list.Content {
		e, err := d.entry(f, n)
		if err != nil {
			return nil, err
		}
		f.Entries = append(f.Entries, e)
	}
	return f, nil
}

// document returns the root of the one document of a file.
func (d *decoder) document(text []byte) (*yaml.Node, error) {
	switch {
	case len(text) > MaxSize:
		return nil, &Error{File: d.path, Problem: "is larger than 10 MiB"}
	case !utf8.Valid(text), bytes.IndexByte(text, 0) >= 0:
		return nil, &Error{File: d.path, Problem: "is binary, or not UTF-8 text"}
	}
	return d.parse(plainJSON(text))
}
