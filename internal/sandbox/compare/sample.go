package compare

import (
	"encoding/json"
	"regexp"
	"strings"
)

// catalogEntry is what counts of a destination's catalog entry.
type catalogEntry struct {
	Components []struct {
		Type string `json:"type"`
	} `json:"components"`
	Settings []catalogSetting `json:"settings"`
}

type catalogSetting struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Required bool   `json:"required"`
	Strings  struct {
		Regexp string `json:"regexp"`
	} `json:"string_validators"`
	Numbers struct {
		Min json.Number `json:"min"`
	} `json:"number_validators"`
	Select struct {
		Options []any `json:"select_options"`
	} `json:"select_validators"`
}

// setting is one setting as it is sent.
type setting struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// sample returns a value that the setting takes, as far as its entry tells.
func (s catalogSetting) sample() any {
	switch strings.ToUpper(s.Type) {
	case "BOOLEAN":
		return false
	case "NUMBER":
		if s.Numbers.Min != "" {
			return s.Numbers.Min
		}
		return 1
	case "LIST":
		return []string{"segctl"}
	case "MAP":
		return map[string]string{"segctl": "segctl"}
	case "MIXED":
		return []any{}
	case "SELECT":
		if len(s.Select.Options) > 0 {
			return s.Select.Options[0]
		}
	}
	samples := []string{"segctl-sandbox-compare", "UA-12345-1", "https://segctl.example.com", "12345678", strings.Repeat("0123456789abcdef", 2), "segctl@example.com"}
	for _, text := range samples {
		if pattern, err := regexp.Compile(s.Strings.Regexp); err == nil && pattern.MatchString(text) {
			return text
		}
	}
	return samples[0]
}

// refusesX reports whether the setting has a pattern that the text "x" does not match.
func (s catalogSetting) refusesX() bool {
	if s.Strings.Regexp == "" || strings.ToUpper(s.Type) != "STRING" {
		return false
	}
	pattern, err := regexp.Compile(s.Strings.Regexp)
	return err == nil && !pattern.MatchString("x")
}
