package secret

import "strings"

// namedValue is the setting that an object describes, and the field that names it.
type namedValue struct {
	Setting
	field string
}

// entryOf returns what an object says of the value that it holds.
func entryOf(fields map[string]any) (namedValue, bool) {
	if _, ok := fields["value"]; !ok {
		return namedValue{}, false
	}
	label, _ := fields["display_name"].(string)
	kind, _ := fields["type"].(string)
	for _, field := range []string{"name", "key", "header"} {
		if name, ok := fields[field].(string); ok {
			return namedValue{Setting{Name: name, DisplayName: label, Type: kind}, field}, true
		}
	}
	return namedValue{}, false
}

// isUnknown reports whether an entry of a configuration has only its name, so that it cannot be judged by the rest.
func (v namedValue) isUnknown() bool {
	return strings.Contains(v.Name, "/config/") && v.DisplayName == "" && v.Type == ""
}

// unknown hides the value of an entry of which only the name is known. It learns no more than is secret for certain.
func (w *walker) unknown(entry namedValue, value any, depth int) any {
	if entry.IsSecret() {
		return w.setting(entry.Setting, value, depth)
	}
	w.value(value, depth)
	blind := &walker{replace: w.replace}
	shown := blind.whole(value, minLearned, depth)
	w.changed = w.changed || blind.changed
	return shown
}
