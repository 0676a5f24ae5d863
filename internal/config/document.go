package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/segctl/segctl/internal/private"
)

// document is config.yaml, understood.
type document struct {
	path     string
	data     []byte
	root     *yaml.Node // the document's mapping; nil when it is empty
	node     yaml.Node  // the document around root, with its comments
	current  string
	profiles map[string]map[string]string
	repair   bool
}

func (d *document) names() []string { return slices.Collect(maps.Keys(d.profiles)) }

// readDocument reads and checks the file at path. A missing file is an empty document. A symbolic link is followed, for
// dotfiles are often kept elsewhere; but whoever can write the file decides where secrets are sent, so that must be its
// owner alone.
func readDocument(path string, repair bool) (*document, error) {
	data, err := private.ReadOwned(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fileError(path, "cannot be read", err)
	}
	return parseDocument(path, data, repair)
}

func parseDocument(path string, data []byte, repair bool) (*document, error) {
	d := &document{path: path, data: data, profiles: map[string]map[string]string{}, repair: repair}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	switch err := decoder.Decode(&d.node); {
	case errors.Is(err, io.EOF):
		return d, nil
	case err != nil:
		return nil, d.syntaxError(err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, &Error{File: path, Msg: "holds more than one YAML document"}
	}
	root := d.node.Content[0]
	if isNull(root) {
		return d, nil
	}
	d.root = root
	return d, d.readRoot()
}

// syntaxError takes the line out of the parser's text, which is the only place that has it. Of the text itself, only what
// cannot quote the file is passed on.
func (d *document) syntaxError(err error) error {
	line, text := 0, strings.TrimPrefix(err.Error(), "yaml: ")
	if _, scanErr := fmt.Sscanf(text, "line %d:", &line); scanErr == nil {
		_, text, _ = strings.Cut(text, ": ")
	}
	msg := "not YAML"
	if anchor, ok := strings.CutPrefix(text, "unknown anchor '"); ok { // this one is quoted, and has no line
		before, _, _ := bytes.Cut(d.data, []byte("*"+strings.TrimSuffix(anchor, "' referenced")))
		line, msg = 1+bytes.Count(before, []byte("\n")), "not YAML: unknown anchor"
	}
	if slices.ContainsFunc(fixedTexts(), func(start string) bool { return strings.HasPrefix(text, start) }) {
		msg += ": " + text
	}
	return &Error{File: d.path, Line: line, Msg: msg, Valid: []string{Profile, "profiles"}}
}

// fixedTexts are how those texts of the YAML parser begin that never have anything of the file in them.
func fixedTexts() []string {
	return []string{
		"did not find ", "could not find ", "found character ", "found a tab ", "found unexpected ", "found undefined ",
		"found unknown ", "found invalid ", "mapping ", "block ", "control characters ",
	}
}
