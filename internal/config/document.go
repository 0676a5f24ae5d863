package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxFileSize bounds what is read of config.yaml and of an env file, in bytes.
const maxFileSize = 1 << 20

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

// readDocument reads and checks the file at path. A missing file is an empty document.
func readDocument(path string, repair bool) (*document, error) {
	data, err := readConfigFile(path)
	if err != nil {
		return nil, err
	}
	return parseDocument(path, data, repair)
}

// readConfigFile follows a symbolic link, for dotfiles are often kept elsewhere; but whoever can write the file decides
// where secrets are sent, so that must be its owner alone.
func readConfigFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, &Error{File: path, Msg: "cannot be read", Err: cause(err)}
	}
	// Windows has access lists instead, and Go makes its mode bits up.
	if !info.Mode().IsRegular() {
		return nil, &Error{File: path, Msg: "is not a regular file"}
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o022 != 0 {
		return nil, &Error{File: path, Msg: "others can write to it", Hint: "chmod go-w " + path}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, &Error{File: path, Msg: "cannot be read", Err: cause(err)}
	}
	defer func() { _ = f.Close() }()
	return readBounded(path, f)
}

func readBounded(path string, r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFileSize+1))
	if err != nil {
		return nil, &Error{File: path, Msg: "cannot be read", Err: cause(err)}
	}
	if len(data) > maxFileSize {
		return nil, &Error{File: path, Msg: "is larger than 1 MiB"}
	}
	return data, nil
}

// cause drops the path from a file system's error, for an Error names it already.
func cause(err error) error {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		return pathErr.Err
	}
	return err
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

// syntaxError takes the line out of the parser's text, which is the only place that has it. That text quotes the file in
// one case, an unknown anchor, and there it has no line.
func (d *document) syntaxError(err error) error {
	line, text := 0, strings.TrimPrefix(err.Error(), "yaml: ")
	if _, scanErr := fmt.Sscanf(text, "line %d:", &line); scanErr == nil {
		_, text, _ = strings.Cut(text, ": ")
	}
	if anchor, ok := strings.CutPrefix(text, "unknown anchor '"); ok {
		before, _, _ := bytes.Cut(d.data, []byte("*"+strings.TrimSuffix(anchor, "' referenced")))
		line, text = 1+bytes.Count(before, []byte("\n")), "unknown anchor"
	}
	return &Error{File: d.path, Line: line, Msg: "not YAML: " + text, Valid: []string{Profile, "profiles"}}
}
