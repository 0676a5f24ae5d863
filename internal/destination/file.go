package destination

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/segctl/segctl/internal/segment"
)

// File is a destination as a file holds it.
type File struct {
	Name string                  // full name of the destination; "" where the file has none
	Body segment.DestinationBody // what the file asks for; its Name is ""
}

// ParseFile reads a destination, or the body of a request with one, as JSON or YAML. With an update mask, only what the
// mask names is taken. The error is a *FileError.
func ParseFile(text []byte) (*File, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, &FileError{Problem: "is empty"}
	}
	data, err := toJSON(text)
	if err != nil {
		return nil, err
	}
	var read struct {
		Name           string                   `json:"name"`
		Enabled        *bool                    `json:"enabled"`
		ConnectionMode string                   `json:"connection_mode"`
		Config         []segment.ConfigEntry    `json:"config"`
		Destination    *segment.DestinationBody `json:"destination"`
		Mask           *struct {
			Paths []string `json:"paths"`
		} `json:"update_mask"`
	}
	if err := json.Unmarshal(data, &read); err != nil {
		return nil, notDestination(data, err)
	}
	body := segment.DestinationBody{Name: read.Name, Enabled: read.Enabled, ConnectionMode: read.ConnectionMode, Config: read.Config}
	if read.Destination != nil {
		body = *read.Destination
	}
	if body.Name == "" && len(body.Mask()) == 0 {
		return nil, &FileError{Problem: "has none of the fields name, enabled, connection_mode and config"}
	}
	f := &File{Name: body.Name, Body: body}
	if read.Mask != nil {
		f.Body = covered(body, read.Mask.Paths)
	}
	f.Body.Name = ""
	return f, nil
}

// covered returns what the paths of an update mask name, with or without the resource's prefix.
func covered(body segment.DestinationBody, paths []string) segment.DestinationBody {
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

// notDestination says which field is at fault, in the file's terms instead of Go's, and never the value.
func notDestination(data []byte, err error) error {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return &FileError{Problem: "is not a destination"}
	}
	kind, _, _ := strings.Cut(wrong.Value, " ") // a number would follow
	if wrong.Field == "" {
		return &FileError{Problem: "is not a destination but a JSON " + kind}
	}
	before := data[:min(max(int(wrong.Offset), 0), len(data))]
	return &FileError{Line: 1 + bytes.Count(before, []byte("\n")), Field: wrong.Field, Problem: "cannot be a JSON " + kind}
}
