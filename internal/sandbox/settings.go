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
		return errors.New("value has a number that is too large") // it is JSON, and nothing else can be wrong with it
	}
	ok, kind := true, ""
	switch set.Type {
	case "STRING", "PASSWORD", "COLOR", "MULTI_LINE_STRING":
		kind = "a string"
		_, ok = value.(string)
	case "BOOLEAN":
		kind = "a boolean"
		_, ok = value.(bool)
	case "NUMBER":
		kind = "a number"
		_, ok = value.(float64)
	case "LIST":
		kind = "a list"
		_, ok = value.([]any)
	case "MAP":
		kind = "a map"
		_, ok = value.(map[string]any)
	case "SELECT":
		kind = "one choice"
		_, list := value.([]any)
		_, object := value.(map[string]any)
		ok = !list && !object
	}
	if !ok {
		return errors.New("value is not " + kind)
	}
	if s.quirk(quirkPatterns) == "checked" {
		return s.checkRules(set, value)
	}
	return nil
}

// checkRules checks a value of the right type against the validators of its setting. Nobody says that the service does.
func (s *Server) checkRules(set *catalogSetting, value any) error {
	switch value := value.(type) {
	case string:
		if v := set.StringValidators; v != nil {
			return s.checkPattern(v.Regexp, value)
		}
	case float64:
		if v := set.NumberValidators; v != nil && !v.allow(value) {
			return fmt.Errorf("value is not %v to %v", v.Min, v.Max)
		}
	case map[string]any:
		if v := set.MapValidators; v != nil {
			return s.checkMap(v, value)
		}
	}
	if v := set.SelectValidators; v != nil {
		return checkOption(v.SelectOptions, value)
	}
	return nil
}

// allow reports whether a number is within the bounds. min and max of 0 are none, and so is a max of 0 below min.
func (v *numberValidators) allow(number float64) bool {
	return *v == numberValidators{} || v.Min <= number && (number <= v.Max || v.Max == 0 && v.Min > 0)
}

func (s *Server) checkMap(v *mapValidators, entries map[string]any) error {
	if len(entries) < v.Min || v.Max > 0 && len(entries) > v.Max {
		return fmt.Errorf("value does not have between %d and %d entries", v.Min, v.Max)
	}
	for key, value := range entries {
		text, ok := value.(string)
		// Nobody says which of the two the prefix is of.
		if !strings.HasPrefix(key, v.MapPrefix) && !strings.HasPrefix(text, v.MapPrefix) {
			return fmt.Errorf("neither key %q nor its value begins with %q", key, v.MapPrefix)
		}
		if ok {
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
