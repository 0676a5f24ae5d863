package segment

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// SameJSON reports whether two values are equal, however they are spelled.
func SameJSON(a, b json.RawMessage) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, okX := exact(a)
	y, okY := exact(b)
	return okX && okY && same(x, y)
}

// exact decodes a value with its numbers as they are written: ids are longer than what a float64 holds.
func exact(data []byte) (value any, ok bool) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	// Valid, for a Decoder does not mind what follows the value.
	ok = json.Valid(data) && d.Decode(&value) == nil
	return value, ok
}

func same(a, b any) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		return ok && maps.EqualFunc(x, y, same)
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, same)
	case json.Number:
		y, ok := b.(json.Number)
		return ok && sameNumber(x, y)
	}
	return a == b
}

func sameNumber(a, b json.Number) bool {
	// An integer has one spelling.
	if a == b || !strings.ContainsAny(a.String()+b.String(), ".eE") {
		return a == b
	}
	x, errX := a.Float64()
	y, errY := b.Float64()
	return errX == nil && errY == nil && x == y
}
