package segment

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/segctl/segctl/internal/secret"
)

// Setting is one setting of a catalog destination.
type Setting struct {
	Name             string            `json:"name"`
	DisplayName      string            `json:"display_name"`
	Type             string            `json:"type"` // STRING, BOOLEAN, …: upper case in the catalog, lower case in a destination's config
	Deprecated       bool              `json:"deprecated"`
	Required         bool              `json:"required"`
	Description      string            `json:"description"`
	Settings         []Setting         `json:"settings,omitempty"`
	StringValidators *StringValidators `json:"string_validators,omitempty"`
	NumberValidators *NumberValidators `json:"number_validators,omitempty"`
	SelectValidators *SelectValidators `json:"select_validators,omitempty"`
	MapValidators    *MapValidators    `json:"map_validators,omitempty"`
}

// Secret returns what is known of the setting, for the judge of secrets.
func (s Setting) Secret() secret.Setting {
	return secret.Setting{Name: s.Name, DisplayName: s.DisplayName, Type: s.Type}
}

// IsSecret reports whether the value of the setting must not be shown, whatever it is.
func (s Setting) IsSecret() bool { return s.Secret().IsSecret() }

// StringValidators is the rule of a setting that is text.
type StringValidators struct {
	Regexp string `json:"regexp"` // JavaScript syntax, found anywhere in the text; "": none
}

// NumberValidators is the rule of a number. Zero and zero mean none, and a Max below Min means no upper bound.
type NumberValidators struct {
	Min float64 `json:"min"`
	Max float64 `json:"max"`
}

// SelectValidators is the rule of a choice.
type SelectValidators struct {
	SelectOptions Choices `json:"select_options"` // empty: anything
}

// MapValidators is the rule of a map.
type MapValidators struct {
	Regexp        string  `json:"regexp"` // of the values that are text; "": none
	Min           int     `json:"min"`    // entries
	Max           int     `json:"max"`    // entries; 0: no limit
	MapPrefix     string  `json:"map_prefix"`
	SelectOptions Choices `json:"select_options"` // of the values; empty: anything
}

// Choices are the values to choose from, as [FormatValue] writes them.
type Choices []string

// UnmarshalJSON reads an array of anything: one odd option must not make the whole catalog unreadable.
func (c *Choices) UnmarshalJSON(data []byte) error {
	var values []json.RawMessage
	if err := json.Unmarshal(data, &values); err != nil {
		return err
	}
	*c = nil
	for _, v := range values {
		*c = append(*c, FormatValue(v))
	}
	return nil
}

// Rule returns what a value must keep to, in words for a table, such as "matches ^.{8,}$", "0 to 100" or "one of
// cookie, localStorage"; "" if the catalog has no rule.
func (s Setting) Rule() string {
	var rules []string
	add := func(rule string) {
		if rule != "" {
			rules = append(rules, rule)
		}
	}
	if v := s.StringValidators; v != nil && v.Regexp != "" {
		add("matches " + v.Regexp)
	}
	if v := s.NumberValidators; v != nil {
		add(v.words())
	}
	if v := s.SelectValidators; v != nil {
		add(v.SelectOptions.words())
	}
	if v := s.MapValidators; v != nil {
		add(v.sizeWords())
		if v.Regexp != "" {
			add("values match " + v.Regexp)
		}
		if rule := v.SelectOptions.words(); rule != "" {
			add("values are " + rule)
		}
		if v.MapPrefix != "" {
			add("prefix " + v.MapPrefix)
		}
	}
	return strings.Join(rules, "; ")
}

func (c Choices) words() string {
	if len(c) == 0 {
		return ""
	}
	return "one of " + strings.Join(c, ", ")
}

func (v *NumberValidators) words() string {
	number := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	switch {
	case *v == NumberValidators{}:
		return ""
	case v.Max < v.Min:
		return "at least " + number(v.Min)
	}
	return number(v.Min) + " to " + number(v.Max)
}

func (v *NumberValidators) allow(f float64) bool {
	return *v == NumberValidators{} || v.Min <= f && (f <= v.Max || v.Max < v.Min)
}

func (v *MapValidators) sizeWords() string {
	switch {
	case v.Max > 0 && v.Min > 0:
		return strconv.Itoa(v.Min) + " to " + strconv.Itoa(v.Max) + " entries"
	case v.Max > 0:
		return "at most " + strconv.Itoa(v.Max) + " entries"
	case v.Min > 0:
		return "at least " + strconv.Itoa(v.Min) + " entries"
	}
	return ""
}

func (v *MapValidators) allowSize(entries int) bool {
	return entries >= v.Min && (v.Max <= 0 || entries <= v.Max)
}

// is reports whether the setting has one of the types, in either case.
func (s Setting) is(types ...string) bool {
	for _, t := range types {
		if strings.EqualFold(s.Type, t) {
			return true
		}
	}
	return false
}
