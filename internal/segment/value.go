package segment

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ParseValue returns text as a value of the setting's type:
//
//   - text of every kind (STRING, PASSWORD, COLOR, MULTI_LINE_STRING) and SELECT: a string, verbatim
//   - NUMBER: a JSON number
//   - BOOLEAN: true or false
//   - LIST: a JSON array, or a,b
//   - MAP: a JSON object, or k=v,k2=v2
//   - MIXED: a JSON array or object, or else a string
//   - a type that is unknown or empty: JSON other than null, or else a string; always a string if the name is a secret's,
//     so that a key of digits does not become a number
//
// The error is a [Problem] that does not repeat the text. Rules are for [Check].
func ParseValue(s Setting, text string) (json.RawMessage, error) {
	value, fault := parseValue(s, text)
	if fault != "" {
		return nil, Problem{Setting: s.Name, Msg: fault}
	}
	return value, nil
}

func parseValue(s Setting, text string) (value json.RawMessage, fault string) {
	// Encoding would silently replace the bytes in question.
	if !utf8.ValidString(text) {
		return nil, "must be UTF-8 text"
	}
	trimmed := strings.TrimSpace(text)
	switch {
	case s.is("STRING", "SELECT", "PASSWORD", "COLOR", "MULTI_LINE_STRING"):
		return encode(text), ""
	case s.is("NUMBER"):
		if jsonKind([]byte(trimmed)) != numberKind || !json.Valid([]byte(trimmed)) {
			return nil, "must be a number"
		}
		if _, err := strconv.ParseFloat(trimmed, 64); err != nil {
			return nil, "is too large a number"
		}
		return json.RawMessage(trimmed), ""
	case s.is("BOOLEAN"):
		if trimmed != "true" && trimmed != "false" {
			return nil, "must be true or false"
		}
		return json.RawMessage(trimmed), ""
	case s.is("LIST"):
		if strings.HasPrefix(trimmed, "[") {
			return compactJSON(trimmed)
		}
		return splitList(trimmed)
	case s.is("MAP"):
		if strings.HasPrefix(trimmed, "{") {
			return compactJSON(trimmed)
		}
		return splitMap(trimmed)
	case s.is("MIXED"):
		if kind := jsonKind([]byte(trimmed)); kind == arrayKind || kind == objectKind {
			if value, fault := compactJSON(trimmed); fault == "" {
				return value, ""
			}
		}
		return encode(text), ""
	}
	if value, fault := compactJSON(trimmed); fault == "" && trimmed != "null" && !s.IsSecret() {
		return value, ""
	}
	return encode(text), ""
}

func splitList(text string) (json.RawMessage, string) {
	items := []string{}
	if text == "" {
		return encode(items), ""
	}
	for item := range strings.SplitSeq(text, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			return nil, "has an empty item: write a,b or a JSON array"
		}
		items = append(items, item)
	}
	return encode(items), ""
}

func splitMap(text string) (json.RawMessage, string) {
	entries := map[string]string{}
	if text == "" {
		return encode(entries), ""
	}
	for entry := range strings.SplitSeq(text, ",") {
		key, value, found := strings.Cut(entry, "=")
		key = strings.TrimSpace(key)
		if !found || key == "" {
			return nil, "has an entry that is not key=value: write k=v,k2=v2 or a JSON object"
		}
		if _, twice := entries[key]; twice {
			return nil, "has a key twice"
		}
		entries[key] = strings.TrimSpace(value)
	}
	return encode(entries), ""
}

// compactJSON keeps the digits of a number and the order of an object's keys.
func compactJSON(text string) (json.RawMessage, string) {
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(text)); err != nil {
		return nil, "is not valid JSON" // the error itself would quote the value
	}
	return b.Bytes(), ""
}

// encode returns JSON without HTML escapes, for people see it too.
func encode(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("encode %T: %v", v, err)) // strings, and lists and maps of them, cannot fail
	}
	return bytes.TrimSpace(b.Bytes())
}

// FormatValue returns the value in one line for a table: a string bare, with line breaks and tabs as spaces; null and
// nothing as ""; all else as compact JSON.
func FormatValue(v json.RawMessage) string {
	var text string
	if jsonKind(v) == stringKind && json.Unmarshal(v, &text) == nil {
		return strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ").Replace(text)
	}
	if jsonKind(v) == nullKind {
		return ""
	}
	compact, fault := compactJSON(string(v))
	if fault != "" {
		return strings.Join(strings.Fields(string(v)), " ")
	}
	return string(compact)
}

// The kinds of JSON values, in the words of messages.
const (
	nullKind    = "nothing"
	booleanKind = "a boolean"
	numberKind  = "a number"
	stringKind  = "a string"
	arrayKind   = "a list"
	objectKind  = "a map"
	noKind      = "not JSON"
)

// jsonKind tells the kind of a JSON value by its first byte.
func jsonKind(v []byte) string {
	v = bytes.TrimSpace(v)
	if len(v) == 0 {
		return nullKind
	}
	switch c := v[0]; {
	case c == 'n':
		return nullKind
	case c == 't', c == 'f':
		return booleanKind
	case c == '-', '0' <= c && c <= '9':
		return numberKind
	case c == '"':
		return stringKind
	case c == '[':
		return arrayKind
	case c == '{':
		return objectKind
	}
	return noKind
}
