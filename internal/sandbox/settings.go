package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/dlclark/regexp2"
)

// matchTimeout bounds a catalog pattern that Go's own engine refuses and that may therefore backtrack for ever.
const matchTimeout = 100 * time.Millisecond

// checkValue checks a value against the type and the validators of its setting. The error completes the sentence
// "setting x: ...".
func (s *Server) checkValue(set *catalogSetting, raw json.RawMessage) error {
	if len(raw) == 0 {
		return errors.New("value is missing")
	}
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return err
	}
	switch set.Type {
	case "STRING", "PASSWORD", "COLOR", "MULTI_LINE_STRING":
		text, ok := value.(string)
		if !ok {
			return errors.New("value is not a string")
		}
		if set.StringValidators != nil {
			return s.checkPattern(set.StringValidators.Regexp, text)
		}
	case "BOOLEAN":
		if _, ok := value.(bool); !ok {
			return errors.New("value is not a boolean")
		}
	case "NUMBER":
		number, ok := value.(float64)
		if !ok {
			return errors.New("value is not a number")
		}
		if v := set.NumberValidators; v != nil && *v != (numberValidators{}) && (number < v.Min || number > v.Max) {
			return fmt.Errorf("value is not between %v and %v", v.Min, v.Max)
		}
	case "LIST":
		if _, ok := value.([]any); !ok {
			return errors.New("value is not a list")
		}
	case "SELECT":
		if set.SelectValidators != nil {
			return checkOption(set.SelectValidators.SelectOptions, value)
		}
	case "MAP":
		entries, ok := value.(map[string]any)
		if !ok {
			return errors.New("value is not a map")
		}
		if set.MapValidators != nil {
			return s.checkMap(set.MapValidators, entries)
		}
	}
	return nil
}

func (s *Server) checkMap(v *mapValidators, entries map[string]any) error {
	if len(entries) < v.Min || v.Max > 0 && len(entries) > v.Max {
		return fmt.Errorf("value does not have between %d and %d entries", v.Min, v.Max)
	}
	for key, value := range entries {
		if !strings.HasPrefix(key, v.MapPrefix) {
			return fmt.Errorf("key %q does not begin with %q", key, v.MapPrefix)
		}
		if text, ok := value.(string); ok {
			if err := s.checkPattern(v.Regexp, text); err != nil {
				return err
			}
		}
		if err := checkOption(v.SelectOptions, value); err != nil {
			return err
		}
	}
	return nil
}

// checkOption compares as text: the catalog writes numbers and booleans among its options as strings, or the other way
// round.
func checkOption(options []any, value any) error {
	if len(options) == 0 {
		return nil
	}
	for _, option := range options {
		if asText(option) == asText(value) {
			return nil
		}
	}
	return fmt.Errorf("value is none of %v", options)
}

func asText(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	b, _ := json.Marshal(value) // it came out of JSON
	return string(b)
}

// checkPattern matches text with Go's regexp, or where that refuses the pattern (catalog entries use look-ahead) with an
// engine that knows the syntax of the catalog's authors.
func (s *Server) checkPattern(pattern, text string) error {
	if pattern == "" {
		return nil
	}
	match, _ := s.patterns.Load(pattern)
	if match == nil {
		match = compile(pattern)
		s.patterns.Store(pattern, match)
	}
	if !match.(func(string) bool)(text) {
		return fmt.Errorf("value does not match %s", pattern)
	}
	return nil
}

// compile returns the pattern as a function. A pattern that no engine understands matches everything.
func compile(pattern string) func(string) bool {
	if re, err := regexp.Compile(pattern); err == nil {
		return re.MatchString
	}
	re, err := regexp2.Compile(pattern, regexp2.ECMAScript)
	if err != nil {
		return func(string) bool { return true }
	}
	re.MatchTimeout = matchTimeout
	return func(text string) bool {
		ok, err := re.MatchString(text)
		return ok && err == nil
	}
}
