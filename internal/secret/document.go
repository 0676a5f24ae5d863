package secret

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
)

// Document returns a JSON document of any shape with each secret in it replaced, and the secret texts that it found, for
// [Redactor.Learn]. Fields are judged by their names as [IsField] does, texts by what they are, and the entries of a
// destination's configuration, {"name": "…/config/apiKey", "display_name", "type", "value"}, as a [Setting]. Of an
// entry that has neither display name nor type, as clients write it, too little is known to show its value: its texts
// and numbers are replaced, but are not among the found. Names, booleans and the structure stay; the fields of an object
// are sorted.
//
// ok is false if the body is not one JSON document: then nobody can say what is in it. A nil replace puts [Redacted].
func Document(body []byte, replace func(text string) string) (masked []byte, found []string, ok bool) {
	value, err := decode(body)
	if err != nil {
		return nil, nil, false
	}
	if replace == nil {
		replace = func(string) string { return Redacted }
	}
	w := &walker{replace: replace, wire: true}
	shown := w.value(value, 0)
	return encode(shown), w.texts(), true
}

// texts returns what was found, without what occurred twice.
func (w *walker) texts() []string {
	slices.Sort(w.found)
	return slices.Compact(w.found)
}

// decode reads one JSON document with its numbers as they are written.
func decode(body []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON document")
	}
	return value, nil
}

// encode writes what decode read, on one line.
func encode(value any) json.RawMessage {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // it came from JSON
	return bytes.TrimSpace(b.Bytes())
}

// jsonInside returns the value of a text that is a JSON object, list or string.
func jsonInside(text string) (any, bool) {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" || !strings.ContainsAny(trimmed[:1], `{["`) {
		return nil, false
	}
	value, err := decode([]byte(trimmed))
	return value, err == nil
}
