package destination

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/segctl/segctl/internal/segment"
)

// The rules of this file say when two values are the same, for everything that compares destinations. Segment does not
// read back every value as it was written, and what only looks different must not be changed again and again.

// sameValue reports whether two values of a setting that were read are the same, however they are spelled: numbers as 7 and
// 7.0, maps in another order, and none of whatever kind.
func sameValue(x, y json.RawMessage) bool {
	return isBlank(x) && isBlank(y) || segment.SameJSON(x, y)
}

// isAsWanted reports whether the value of a setting is the one that is wanted. A setting that is cleared may read back as
// the least value of its type, and the options of a SELECT are text in some entries of the catalog and numbers or booleans in
// others.
func isAsWanted(s segment.Setting, want, is json.RawMessage) bool {
	switch {
	case sameValue(want, is):
		return true
	case isNone(want):
		return isUnset(s, is)
	case strings.EqualFold(s.Type, "SELECT"):
		return !isBlank(is) && segment.FormatValue(want) == segment.FormatValue(is)
	}
	return false
}

// isModeAsWanted reports whether a connection mode is the one that is wanted. A destination that runs in the cloud alone
// reads back UNSPECIFIED, whatever it was given: there is nothing to choose. Where the catalog cannot be read (nil), a
// destination that is to be in cloud mode is taken for such a one, for it would be changed for ever.
func isModeAsWanted(want, is string, entry *segment.CatalogDestination) bool {
	switch {
	case want == is:
		return true
	case is != segment.ModeUnspecified && is != "":
		return false
	case entry == nil:
		return want == segment.ModeCloud || want == segment.ModeUnspecified
	}
	return want == segment.ModeUnspecified ||
		len(entry.Components) == 1 && slices.Contains(entry.Components, segment.Component{Type: segment.ModeCloud})
}

// isNone reports whether there is no value.
func isNone(value json.RawMessage) bool {
	value = bytes.TrimSpace(value)
	return len(value) == 0 || string(value) == "null"
}

// isBlank reports whether a value is none, or a text, list or map without anything in it.
func isBlank(value json.RawMessage) bool {
	if isNone(value) {
		return true
	}
	value = bytes.TrimSpace(value)
	first, last := value[0], value[len(value)-1]
	switch {
	case first == '[' && last == ']', first == '{' && last == '}':
		return len(bytes.TrimSpace(value[1:len(value)-1])) == 0
	}
	return string(value) == `""`
}

// isUnset reports whether a value is one that a setting may have which nobody has set: the least one of its type.
func isUnset(s segment.Setting, value json.RawMessage) bool {
	least := 0.0
	if v := s.NumberValidators; v != nil {
		least = max(least, v.Min)
	}
	return isBlank(value) || segment.SameJSON(value, json.RawMessage("false")) ||
		segment.SameJSON(value, json.RawMessage("0")) || segment.SameJSON(value, json.RawMessage(strconv.FormatFloat(least, 'f', -1, 64)))
}
