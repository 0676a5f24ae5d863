package cmd

import (
	"encoding/json"
	"errors"
	"strings"
)

// apiField is one field of a request, as -f or -F gave it.
type apiField struct {
	key   string // "a", "a[b]", "a[]", …
	value string
	typed bool
}

// fieldFlag appends to one list for both flags, for their order counts: a[][x]=1 begins an object that a[][y]=2 goes on.
type fieldFlag struct {
	fields *[]apiField
	typed  bool
}

func (f fieldFlag) Set(text string) error {
	key, value, ok := strings.Cut(text, "=")
	if !ok || key == "" {
		return errors.New("not of the form key=value")
	}
	*f.fields = append(*f.fields, apiField{key, value, f.typed})
	return nil
}

func (fieldFlag) String() string { return "" }
func (fieldFlag) Type() string   { return "key=value" }

// fieldsBody returns the JSON object that fields make, nil for none.
func (a *App) fieldsBody(fields []apiField) ([]byte, error) {
	if len(fields) == 0 {
		return nil, nil
	}
	var body any
	for _, f := range fields {
		path, err := fieldPath(f.key)
		if err != nil {
			return nil, err
		}
		value, err := a.fieldValue(f)
		if err != nil {
			return nil, err
		}
		if body, err = putField(body, path, value); err != nil {
			return nil, usagef("field %s: %w", f.key, err)
		}
	}
	return json.Marshal(body)
}

// fieldText returns a field's value for a query.
func (a *App) fieldText(f apiField) (string, error) {
	path, isFile := strings.CutPrefix(f.value, "@")
	if !f.typed || !isFile {
		return f.value, nil
	}
	text, err := a.readInput(path)
	if err != nil {
		return "", usagef("field %s: %w", f.key, err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

// fieldValue returns a field's value for a body: what reads as JSON is JSON, but for strings, which need no quotes.
func (a *App) fieldValue(f apiField) (json.RawMessage, error) {
	text, err := a.fieldText(f)
	if err != nil {
		return nil, err
	}
	if f.typed && text == f.value && !strings.HasPrefix(text, `"`) && json.Valid([]byte(text)) {
		return json.RawMessage(text), nil
	}
	return json.Marshal(text)
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
			return nil, usagef("field %q: the brackets do not match", key).hint("-f a[b]=VALUE nests, -f a[]=VALUE appends")
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
