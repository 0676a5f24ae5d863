package segment

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dlclark/regexp2"
)

// matchTimeout bounds a pattern of the catalog that may backtrack for ever.
const matchTimeout = 200 * time.Millisecond

// Problem is what is wrong with the value of one setting. It never holds the value.
type Problem struct {
	Setting string   // name
	Msg     string   // completes the sentence "setting x …"
	Nearest []string // names that may have been meant, if there is no such setting
}

func (p Problem) Error() string {
	text := "setting " + strconv.Quote(p.Setting) + " " + p.Msg
	if len(p.Nearest) > 0 {
		text += " (nearest: " + strings.Join(p.Nearest, ", ") + ")"
	}
	return text
}

// Check returns what the catalog finds wrong with values, which are keyed by the name of the setting: unknown names in
// alphabetical order, then the settings in catalog order. If complete, required settings must be there too; null is no
// value, and refused for a required setting in any case. What the catalog does not define is left to the server.
func Check(settings []Setting, values map[string]json.RawMessage, complete bool) []Problem {
	known := make([]string, len(settings))
	for i, s := range settings {
		known[i] = s.Name
	}
	var problems []Problem
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.Contains(known, name) {
			problems = append(problems, Problem{Setting: name, Msg: "is unknown", Nearest: Nearest(name, known)})
		}
	}
	for _, s := range settings {
		value, given := values[s.Name]
		fault := ""
		switch {
		case !given || jsonKind(value) == nullKind:
			// Nobody can be asked to fill in what is deprecated.
			if s.Required && (given || complete && !s.Deprecated) {
				fault = "is required"
			}
		case !json.Valid(value):
			fault = "is not valid JSON"
		default:
			fault = s.check(value)
		}
		if fault != "" {
			problems = append(problems, Problem{Setting: s.Name, Msg: fault})
		}
	}
	return problems
}

// check says what is wrong with a value, or returns "".
func (s Setting) check(value json.RawMessage) string {
	kind := jsonKind(value)
	must := func(want string) string {
		if kind == want {
			return ""
		}
		return "must be " + want + ", not " + kind
	}
	switch {
	case s.is("STRING", "PASSWORD", "COLOR", "MULTI_LINE_STRING"):
		if fault := must(stringKind); fault != "" {
			return fault
		}
		return s.checkText(value)
	case s.is("BOOLEAN"):
		return must(booleanKind)
	case s.is("NUMBER"):
		if fault := must(numberKind); fault != "" {
			return fault
		}
		return s.checkNumber(value)
	case s.is("LIST"):
		return must(arrayKind)
	case s.is("SELECT"):
		if kind == arrayKind || kind == objectKind {
			return must(stringKind)
		}
		if v := s.SelectValidators; v != nil && !v.SelectOptions.allow(value) {
			return "must be " + v.SelectOptions.words()
		}
	case s.is("MAP"):
		if fault := must(objectKind); fault != "" {
			return fault
		}
		return s.checkMap(value)
	}
	return ""
}

func (s Setting) checkText(value json.RawMessage) string {
	var text string
	if err := json.Unmarshal(value, &text); err != nil {
		return "must be " + stringKind
	}
	if s.Required && text == "" {
		return "is required and cannot be empty"
	}
	if v := s.StringValidators; v != nil && !compile(v.Regexp)(text) {
		return "must match " + v.Regexp
	}
	return ""
}

func (s Setting) checkNumber(value json.RawMessage) string {
	var number float64
	if err := json.Unmarshal(value, &number); err != nil {
		return "is too large a number"
	}
	if v := s.NumberValidators; v != nil && !v.allow(number) {
		return "must be " + v.words()
	}
	return ""
}

func (s Setting) checkMap(value json.RawMessage) string {
	v := s.MapValidators
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(value, &entries); err != nil {
		return "must be " + objectKind
	}
	if v == nil {
		return ""
	}
	if !v.allowSize(len(entries)) {
		return fmt.Sprintf("must have %s, not %d", v.sizeWords(), len(entries))
	}
	match := compile(v.Regexp)
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		subject := "must have values that "
		if !s.IsSecret() {
			subject = "has the key " + strconv.Quote(key) + ", whose value must "
		}
		var text string
		if jsonKind(entries[key]) == stringKind && json.Unmarshal(entries[key], &text) == nil && !match(text) {
			return subject + "match " + v.Regexp
		}
		if !v.SelectOptions.allow(entries[key]) {
			return subject + "be " + v.SelectOptions.words()
		}
	}
	return ""
}

func (c Choices) allow(value json.RawMessage) bool {
	return len(c) == 0 || slices.Contains(c, FormatValue(value))
}

// compile returns a pattern of the catalog as a function that looks for it anywhere in a text. Catalog patterns are
// JavaScript's, some with look-ahead, which Go's engine refuses. What cannot be decided counts as a match, for the server
// decides in the end: a pattern that no engine understands, or one that takes longer than matchTimeout.
func compile(pattern string) func(text string) bool {
	if re, err := regexp.Compile(pattern); err == nil {
		return re.MatchString
	}
	re, err := regexp2.Compile(pattern, regexp2.ECMAScript)
	if err != nil {
		return func(string) bool { return true }
	}
	re.MatchTimeout = matchTimeout
	expired := false // the wait is not repeated for every entry of a map
	return func(text string) bool {
		if expired {
			return true
		}
		found, err := re.MatchString(text)
		expired = err != nil
		return found || expired
	}
}
