package destination

import (
	"bytes"
	"encoding/json"
	"errors"
)

// errNoObject says that JSON is not an object.
var errNoObject = errors.New("it is not a JSON object")

// replaceField returns an object with one field replaced, where it has it, and the others as they are, in their order.
func replaceField(object json.RawMessage, name string, replace func(json.RawMessage) (json.RawMessage, error)) (json.RawMessage, error) {
	decoder := json.NewDecoder(bytes.NewReader(object))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, errNoObject
	}
	var fields [][]byte
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
		if key == name {
			if value, err = replace(value); err != nil {
				return nil, err
			}
		}
		field, err := encode(key)
		if err != nil {
			return nil, err
		}
		fields = append(fields, append(append(field, ':'), value...))
	}
	text := append([]byte("{"), bytes.Join(fields, []byte(","))...)
	return append(text, '}'), nil
}

// encode writes JSON on one line, without HTML escapes: people see it too.
func encode(value any) (json.RawMessage, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSpace(b.Bytes()), err
}
