package secret

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

const (
	// maxDepth is how deep a value is judged, in levels of maps, lists and JSON inside strings. What lies deeper is hidden
	// whole.
	maxDepth = 64
	// maxInside is how many levels of JSON inside strings are looked into.
	maxInside = 4
)

// walker goes through one decoded JSON value, replaces the secrets in it and remembers them.
type walker struct {
	replace func(string) string
	wire    bool // it is a document of the wire, where fields such as code and state are secrets too
	inside  int  // how many strings deep the walker is

	found   []string
	changed bool
}

// setting returns the value of a setting without its secrets.
func (w *walker) setting(s Setting, value any, depth int) any {
	if s.IsSecret() {
		return w.whole(value, minLearned, depth)
	}
	return w.value(value, depth)
}

// value returns a value, of which nothing is known, without the secrets in it.
func (w *walker) value(value any, depth int) any {
	if depth > maxDepth {
		return w.whole(value, minLearned, depth)
	}
	switch v := value.(type) {
	case string:
		return w.text(v, depth)
	case []any:
		shown := make([]any, len(v))
		for i := range v {
			shown[i] = w.value(v[i], depth+1)
		}
		return shown
	case map[string]any:
		return w.object(v, depth)
	}
	return value
}

// object judges the fields of an object by their names. An object that names what its value is, as a configuration entry
// or {"key": "Authorization", "value": …}, is judged by that name instead.
func (w *walker) object(fields map[string]any, depth int) any {
	entry, isEntry := entryOf(fields)
	shown := make(map[string]any, len(fields))
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		value := fields[name]
		switch {
		case isEntry && name == "value" && w.wire && entry.isUnknown():
			value = w.unknown(entry, value, depth+1)
		case isEntry && name == "value":
			value = w.setting(entry.Setting, value, depth+1)
		case isEntry && name == entry.field:
			value = w.value(value, depth+1)
		case w.isSecretField(name) && !isErrorCode(name, value):
			value = w.whole(value, learnFrom(name), depth+1)
		default:
			value = w.value(value, depth+1)
		}
		w.put(shown, w.key(name), value)
	}
	return shown
}

func (w *walker) isSecretField(name string) bool {
	if w.wire {
		return IsField(name)
	}
	return isSecretName(name)
}

// whole hides every text and number of a value, and learns those of at least so many bytes.
func (w *walker) whole(value any, learnFrom, depth int) any {
	switch v := value.(type) {
	case string:
		return w.hide(v, learnFrom)
	case json.Number:
		return w.hide(v.String(), learnFrom)
	case []any:
		shown := make([]any, len(v))
		for i := range v {
			shown[i] = w.whole(v[i], learnFrom, depth+1)
		}
		return shown
	case map[string]any:
		shown := make(map[string]any, len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			key := w.key(name)
			if looksRandom(name) {
				key = w.hide(name, learnFrom)
			}
			w.put(shown, key, w.whole(v[name], learnFrom, depth+1))
		}
		return shown
	}
	return value
}

// hide replaces a text and learns it, with the secrets in it: of "Bearer abc", a server may repeat "abc" alone.
func (w *walker) hide(text string, learnFrom int) string {
	if text == "" {
		return ""
	}
	if len(text) >= learnFrom {
		w.found = append(w.found, text)
	}
	w.changed = true
	w.insideOf(text)
	return w.replace(text)
}

// insideOf learns the secrets within a text that is hidden anyway.
func (w *walker) insideOf(text string) {
	if w.inside >= maxInside {
		return
	}
	inner := &walker{replace: w.replace, wire: w.wire, inside: w.inside + 1}
	if inside, ok := jsonInside(text); ok {
		inner.whole(inside, minLearned, 0)
	} else {
		inner.spans(text)
	}
	w.found = append(w.found, inner.found...)
}

// key returns the name of a field, which may hold a secret too.
func (w *walker) key(name string) string { return w.spans(name) }

// put adds a field under a name of its own: two names may be the same once they are masked.
func (w *walker) put(fields map[string]any, name string, value any) {
	free := name
	for n := len(fields) + 1; ; n++ {
		if _, taken := fields[free]; !taken {
			fields[free] = value
			return
		}
		free = fmt.Sprintf("%s (%d)", name, n)
	}
}

// text returns a text without the secrets in it, which may be JSON itself.
func (w *walker) text(text string, depth int) string {
	inside, ok := jsonInside(text)
	if !ok {
		return w.spans(text)
	}
	if w.inside >= maxInside || depth >= maxDepth {
		return w.hide(text, minLearned)
	}
	before := w.changed
	w.inside++
	w.changed = false
	shown := w.value(inside, depth+1)
	w.inside--
	if w.changed {
		return string(encode(shown))
	}
	w.changed = before
	return text
}

// learnFrom returns from how many bytes on a text is learned that was found by a name.
func learnFrom(name string) int {
	if isWeak(name) {
		return learnWeak
	}
	return minLearned
}
