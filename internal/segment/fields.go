package segment

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Field is one field of a JSON body, by its key path: "a", "a[b]" in an object, "a[]" for the next item of a list.
type Field struct {
	Key   string
	Value json.RawMessage
}

// FieldError says why a field does not fit into a body. It never holds the value.
type FieldError struct {
	Key string
	Err error
}

func (e *FieldError) Error() string { return fmt.Sprintf("field %s: %v", e.Key, e.Err) }

// Unwrap returns the cause.
func (e *FieldError) Unwrap() error { return e.Err }

// FieldValue returns the value of a field that a person typed: what reads as JSON is JSON, but for strings, which need no
// quotes.
func FieldValue(text string) json.RawMessage {
	if !strings.HasPrefix(text, `"`) && json.Valid([]byte(text)) {
		return json.RawMessage(text)
	}
	return TextValue(text)
}

// TextValue returns the value of a field that is a string, whatever it reads like.
func TextValue(text string) json.RawMessage { return encode(text) }

// FieldsBody returns the JSON object that fields make, nil for none. Their order counts: a[][x] begins an object in a
// list that a[][y] goes on. The error is a *FieldError.
func FieldsBody(fields []Field) ([]byte, error) {
	if len(fields) == 0 {
		return nil, nil
	}
	var body any
	for _, f := range fields {
		path, err := fieldPath(f.Key)
		if err == nil {
			body, err = putField(body, path, f.Value)
		}
		if err != nil {
			return nil, &FieldError{f.Key, err}
		}
	}
	return json.Marshal(body)
}

// fieldPath takes a key apart: "a[b][]" is a, b and the empty name of a list's next item.
func fieldPath(key string) ([]string, error) {
	name, rest, nested := strings.Cut(key, "[")
	path := []string{name}
	if nested {
		inner, ok := strings.CutSuffix(rest, "]")
		path = append(path, strings.Split(inner, "][")...)
		nested = !ok
	}
	for i, word := range path {
		if nested || i == 0 && word == "" || strings.ContainsAny(word, "[]") {
			return nil, errors.New("the brackets do not match: a[b] nests an object, a[] appends to a list")
		}
	}
	return path, nil
}

// putField returns node with a value put at a path; a nil node is one that is not there yet. A node that an error comes
// with is unchanged.
func putField(node any, path []string, value json.RawMessage) (any, error) {
	if len(path) == 0 {
		if node != nil {
			return nil, errors.New("it is given twice")
		}
		return value, nil
	}
	if path[0] == "" {
		list, ok := node.([]any)
		if node != nil && !ok {
			return nil, errors.New("it is a list here, and something else before")
		}
		return appendField(list, path[1:], value)
	}
	object, ok := node.(map[string]any)
	switch {
	case node == nil:
		object = map[string]any{}
	case !ok:
		return nil, errors.New("it is an object here, and something else before")
	}
	child, err := putField(object[path[0]], path[1:], value)
	if err != nil {
		return nil, err
	}
	object[path[0]] = child
	return object, nil
}

// appendField puts a value into a list: into its last object as long as that has no such field, else into a new item.
func appendField(list []any, path []string, value json.RawMessage) (any, error) {
	if len(path) > 0 && path[0] != "" && len(list) > 0 {
		if last, err := putField(list[len(list)-1], path, value); err == nil {
			list[len(list)-1] = last
			return list, nil
		}
	}
	item, err := putField(nil, path, value)
	return append(list, item), err
}
