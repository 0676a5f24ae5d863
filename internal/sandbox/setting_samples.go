package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp/syntax"
	"strings"
)

// sampler returns what makes values that a setting takes: for a text another one for each customer, where its pattern
// leaves that much room. ok is false when none is known.
func (s *Server) sampler(set *catalogSetting) (sample func(customer string) any, ok bool) {
	for _, sample := range set.samples() {
		if s.takes(set, sample("customer-0001")) && s.takes(set, sample("customer-100000")) {
			return sample, true
		}
	}
	return nil, false
}

// takes reports whether a value is a good one for a setting, by all that the catalog says whether or not the sandbox
// checks that, and enough of one to enable with.
func (s *Server) takes(set *catalogSetting, value any) bool {
	raw, err := json.Marshal(value)
	if err != nil || isBlank(raw) || s.checkValue(set, raw) != nil {
		return false
	}
	var decoded any // as it comes in a request
	if json.Unmarshal(raw, &decoded) != nil || s.checkRules(set, decoded) != nil {
		return false
	}
	text, isText := value.(string)
	return !isText || s.fits(set, text)
}

// samples are what may be values of the setting, best first.
func (set *catalogSetting) samples() []func(customer string) any {
	same := func(values ...any) []func(string) any {
		all := make([]func(string) any, len(values))
		for i, value := range values {
			all[i] = func(string) any { return value }
		}
		return all
	}
	switch set.Type {
	case "BOOLEAN":
		return same(true)
	case "NUMBER":
		if v := set.NumberValidators; v != nil {
			return same(1, v.Min, v.Max)
		}
		return same(1)
	case "COLOR":
		return same("#336699")
	case "LIST":
		return same([]string{"one"})
	case "MIXED":
		return same([]any{}, map[string]any{})
	case "SELECT":
		if set.SelectValidators != nil && len(set.SelectValidators.SelectOptions) > 0 {
			return same(set.SelectValidators.SelectOptions...)
		}
		return same("one")
	case "MAP":
		v := set.MapValidators
		if v == nil {
			return same(map[string]any{"key": "one"})
		}
		values := append(same(v.SelectOptions...), textSamples("value", v.Regexp)...)
		for i, sample := range values {
			values[i] = func(customer string) any {
				entries := map[string]any{}
				for n := range max(1, v.Min) {
					entries[fmt.Sprintf("%s%d", v.MapPrefix, n+1)] = sample(customer)
				}
				return entries
			}
		}
		return values
	}
	pattern := ""
	if set.StringValidators != nil {
		pattern = set.StringValidators.Regexp
	}
	return textSamples(set.slug(), pattern)
}

// textSamples are texts that tell for which customer and setting they are, then those that real patterns want, and last
// the plainest one that the pattern itself describes.
func textSamples(setting, pattern string) []func(customer string) any {
	digest := func(customer string) string {
		sum := sha256.Sum256([]byte(customer + "/" + setting))
		return hex.EncodeToString(sum[:])
	}
	number := func(customer string) string { return customer[strings.LastIndexByte(customer, '-')+1:] }
	return []func(string) any{
		func(customer string) any { return customer + "-" + setting },
		func(customer string) any { return digest(customer)[:32] },
		func(customer string) any { return digest(customer) },
		func(customer string) any { return "UA-" + number(customer) + "-1" },
		func(customer string) any { return number(customer) },
		func(customer string) any { return "https://" + customer + ".example.com" },
		func(customer string) any { return customer + ".example.com" },
		func(customer string) any { return customer + "@example.com" },
		func(string) any {
			parsed, err := syntax.Parse(pattern, syntax.Perl)
			if err != nil {
				return ""
			}
			return plainest(parsed.Simplify())
		},
	}
}

// plainest is a short text that a pattern matches. What it says of places, such as word boundaries, is left to the
// check that follows.
func plainest(re *syntax.Regexp) string {
	var text strings.Builder
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		for i := 0; i+1 < len(re.Rune); i += 2 { // pairs of a first and a last one
			for _, letter := range alternatives {
				if re.Rune[i] <= letter && letter <= re.Rune[i+1] {
					return string(letter)
				}
			}
		}
		return string(re.Rune[:min(1, len(re.Rune))])
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return "x"
	case syntax.OpAlternate, syntax.OpPlus:
		return plainest(re.Sub[0])
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			text.WriteString(plainest(sub))
		}
	case syntax.OpRepeat:
		for range re.Min {
			text.WriteString(plainest(re.Sub[0]))
		}
	default: // places, and what may be left out
	}
	return text.String()
}
