package sandbox

import (
	"encoding/json"
	"errors"
	"strings"
)

// parse reads a value as a person types it. Lists and maps can be written as a,b and a=1,b=2; mixed ones, and types that
// nobody knows, are JSON where they can be. What the value has to be beyond its type is judged by whoever writes it.
func (set *catalogSetting) parse(text string) (json.RawMessage, error) {
	trimmed := strings.TrimSpace(text)
	isJSON := json.Valid([]byte(trimmed))
	switch set.Type {
	case "STRING", "PASSWORD", "COLOR", "MULTI_LINE_STRING", "SELECT":
		return quote(text), nil
	case "BOOLEAN", "NUMBER":
		if !isJSON || trimmed == "null" {
			return nil, errors.New("value is not a " + strings.ToLower(set.Type))
		}
		return json.RawMessage(trimmed), nil
	case "LIST":
		if !isJSON || trimmed[0] != '[' {
			items := []string{}
			for item := range strings.SplitSeq(trimmed, ",") {
				if item = strings.TrimSpace(item); item != "" {
					items = append(items, item)
				}
			}
			return json.Marshal(items)
		}
		return json.RawMessage(trimmed), nil
	case "MAP":
		if !isJSON || trimmed[0] != '{' {
			entries := map[string]string{}
			for entry := range strings.SplitSeq(trimmed, ",") {
				if key, value, ok := strings.Cut(entry, "="); ok {
					entries[strings.TrimSpace(key)] = strings.TrimSpace(value)
				} else if strings.TrimSpace(entry) != "" {
					return nil, errors.New("value is neither a JSON object nor key=value,…")
				}
			}
			return json.Marshal(entries)
		}
		return json.RawMessage(trimmed), nil
	}
	if isJSON && trimmed != "null" {
		return json.RawMessage(trimmed), nil
	}
	return quote(text), nil
}

// settingNames are the names of an entry's settings, in the catalog's order.
func (d *catalogDestination) settingNames() []string {
	names := make([]string, len(d.Settings))
	for i, set := range d.Settings {
		names[i] = set.slug()
	}
	return names
}

// alternatives are what can stand in the place of a letter or a digit in a text that a pattern judges.
const alternatives = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// anotherValue returns a value unlike the present one that is as good for the setting, where that holds a text: one
// letter or digit of it is another one. ok is false for other types, for an empty text, and where nothing fits.
func (s *Server) anotherValue(set *catalogSetting, present json.RawMessage) (value json.RawMessage, ok bool) {
	var text string
	switch set.Type {
	case "STRING", "PASSWORD", "MULTI_LINE_STRING":
	default:
		return nil, false
	}
	if json.Unmarshal(present, &text) != nil || text == "" {
		return nil, false
	}
	for at := len(text) - 1; at >= 0; at-- { // the end first: the beginning often says what kind of key it is
		was := strings.IndexByte(alternatives, text[at])
		for step := range len(alternatives) {
			if was < 0 {
				break
			}
			other := alternatives[(was+1+step)%len(alternatives)]
			changed := text[:at] + string(other) + text[at+1:]
			if changed != text && s.fits(set, changed) {
				return quote(changed), true
			}
		}
	}
	return nil, false
}

// fits reports whether a text is one that the setting's pattern allows.
func (s *Server) fits(set *catalogSetting, text string) bool {
	return set.StringValidators == nil || s.checkPattern(set.StringValidators.Regexp, text) == nil
}
