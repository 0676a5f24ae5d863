package cmd

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/segctl/segctl/internal/segment"
)

// maxFile bounds what --from-file and --input read, in bytes.
const maxFile = 4 << 20

// destFile is what --from-file holds.
type destFile struct {
	name string // full name of the destination; "" where the file has none
	body segment.DestinationBody
}

// readDestination reads a destination, or the body of a request with one, as JSON or YAML. With an update mask, only
// what the mask names is taken.
func (a *App) readDestination(path string) (destFile, error) {
	var text []byte
	var err error
	if path == "-" {
		text, err = a.readStdin(maxFile)
	} else {
		text, err = readFile(path, maxFile)
	}
	if err != nil {
		return destFile{}, usagef("%w", err)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return destFile{}, usagef("it is empty")
	}
	data, err := yamlToJSON(text)
	if err != nil {
		return destFile{}, err
	}
	var request struct {
		Destination json.RawMessage `json:"destination"`
		Mask        *struct {
			Paths []string `json:"paths"`
		} `json:"update_mask"`
	}
	if err := json.Unmarshal(data, &request); err != nil {
		return destFile{}, notDestination(err)
	}
	if request.Destination != nil {
		data = request.Destination
	}
	var body segment.DestinationBody
	if err := json.Unmarshal(data, &body); err != nil {
		return destFile{}, notDestination(err)
	}
	if body.Name == "" && len(body.Mask()) == 0 {
		return destFile{}, usagef("it has none of the fields name, enabled, connection_mode and config")
	}
	file := destFile{name: body.Name, body: body}
	if request.Mask != nil {
		file.body = masked(body, request.Mask.Paths)
	}
	file.body.Name = ""
	return file, nil
}

// notDestination says which field is at fault, in the file's terms instead of Go's.
func notDestination(err error) error {
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong) && wrong.Field != "":
		return usagef("it is not a destination: %s cannot be a JSON %s", wrong.Field, wrong.Value)
	case errors.As(err, &wrong):
		return usagef("it is not a destination but a JSON %s", wrong.Value)
	}
	return usagef("it is not a destination: %w", err)
}

// masked returns what an update mask names, with or without the resource's prefix.
func masked(body segment.DestinationBody, paths []string) segment.DestinationBody {
	has := func(mask string) bool {
		return slices.Contains(paths, mask) || slices.Contains(paths, strings.TrimPrefix(mask, "destination."))
	}
	if !has(segment.MaskEnabled) {
		body.Enabled = nil
	}
	if !has(segment.MaskConfig) {
		body.Config = nil
	}
	if !has(segment.MaskConnectionMode) {
		body.ConnectionMode = ""
	}
	return body
}

// yamlToJSON turns YAML, of which JSON is a part, into JSON.
func yamlToJSON(text []byte) (json.RawMessage, error) {
	if json.Valid(text) {
		return text, nil // numbers stay as they are spelled
	}
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		return nil, usagef("neither JSON nor YAML: %w", err)
	}
	data, err := json.Marshal(value)
	if err != nil {
		return nil, usagef("neither JSON nor YAML with JSON's types: %w", err)
	}
	return data, nil
}
