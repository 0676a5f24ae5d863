package fleet_test

import (
	"encoding/json"
	"math/rand/v2"
	"regexp/syntax"
	"strconv"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/segment"
)

// generator makes up values of settings that keep to the rules of the catalog.
type generator struct{ *rand.Rand }

// texts are some that are easily taken for something else.
func (g generator) text() string {
	all := []string{
		"", "true", "null", "~", "7", "7.0", "1e3", "0x10", "2020-01-02", "yes", "plain", "a: b", "- a", "# c", "a #b", "'", `"`, `\`, "{}", "[a]",
		"[1]", `{"a":1}`, `"x"`, "two\nlines", "two\nlines\n", "\n", " lead", "  indented\nblock", "trail ", "trail \nblock", "\ttab", "a\r\nb",
		"${HOME}", "$${x", "$", "$$", "${", "%", "@x", "*x", "&x", "!x", "|", ">", "é😀", "\u202e", "\u2028", "\U000E0001", "\x7f", "\x1b[31m", "=", "<<", "a,b", "a=b,c=d",
		strings.Repeat("long ", 60), "https://example.com/hook?key=canary", "https://ada:canary@example.com/", "Bearer canary-token-0001",
	}
	return all[g.IntN(len(all))]
}

// any is a JSON value, up to so many levels deep.
func (g generator) any(depth int) any {
	kinds := 7
	if depth == 0 {
		kinds = 5
	}
	switch g.IntN(kinds) {
	case 0:
		return g.IntN(2) == 0
	case 1:
		return json.Number(g.number(0, 0))
	case 2, 3, 4:
		return g.text()
	case 5:
		list := make([]any, g.IntN(4))
		for i := range list {
			list[i] = g.any(depth - 1)
		}
		return list
	}
	m := map[string]any{}
	for range g.IntN(4) {
		m[[]string{"hook", "headers", "Authorization", "apiKey", g.text()}[g.IntN(5)]] = g.any(depth - 1)
	}
	return m
}

func (g generator) number(least, most float64) string {
	if most > least {
		return strconv.FormatFloat(least+g.Float64()*(most-least), 'f', g.IntN(3), 64)
	}
	if least > 0 {
		return strconv.FormatFloat(least+float64(g.IntN(100)), 'f', -1, 64)
	}
	return []string{"0", "7", "-3", "2.5", "1.50", "1e3", "1E-2", "12345678901234567890", "-0.0"}[g.IntN(9)]
}

// value is one of a setting. It is not blank for a setting that is required.
func (g generator) value(t *testing.T, s segment.Setting) json.RawMessage {
	t.Helper()
	for range 1000 {
		value, err := json.Marshal(g.try(s))
		if err != nil {
			t.Fatal(err)
		}
		if s.Required && (string(value) == `""` || string(value) == "[]") {
			continue
		}
		if segment.Check([]segment.Setting{s}, map[string]json.RawMessage{s.Name: value}, false) == nil {
			return value
		}
	}
	t.Fatalf("no value of %s %s (%s) was found", s.Type, s.Name, s.Rule())
	return nil
}

func (g generator) try(s segment.Setting) any {
	switch s.Type {
	case "BOOLEAN":
		return g.IntN(2) == 0
	case "NUMBER":
		v := segment.NumberValidators{}
		if s.NumberValidators != nil {
			v = *s.NumberValidators
		}
		return json.Number(g.number(v.Min, v.Max))
	case "LIST":
		list := make([]any, g.IntN(4))
		for i := range list {
			list[i] = g.any(1)
		}
		return list
	case "MAP":
		return g.mapOf(s.MapValidators)
	case "SELECT":
		if v := s.SelectValidators; v != nil && len(v.SelectOptions) > 0 {
			return v.SelectOptions[g.IntN(len(v.SelectOptions))]
		}
		return g.text()
	case "MIXED":
		if len(s.Settings) == 0 {
			return g.any(3)
		}
		nested := map[string]any{}
		for _, inner := range s.Settings {
			nested[inner.Name] = g.try(inner)
		}
		return []any{nested, nested}
	}
	if v := s.StringValidators; v != nil && v.Regexp != "" {
		return g.matching(v.Regexp)
	}
	return g.text()
}

func (g generator) mapOf(v *segment.MapValidators) any {
	if v == nil {
		v = &segment.MapValidators{}
	}
	m := map[string]any{}
	most := v.Max
	if most == 0 {
		most = v.Min + 3
	}
	for range v.Min + g.IntN(most-v.Min+1) {
		switch name := v.MapPrefix + g.text(); {
		case v.MapPrefix != "" && strings.Contains(name, "canary"): // glued to a prefix, nobody knows it for a secret
		case len(v.SelectOptions) > 0:
			m[name] = v.SelectOptions[g.IntN(len(v.SelectOptions))]
		case v.Regexp != "":
			m[name] = g.matching(v.Regexp)
		default:
			m[name] = g.any(1)
		}
	}
	return m
}

// matching makes up a text that matches a pattern; any text where the pattern is none of Go's.
func (g generator) matching(pattern string) string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return strings.ReplaceAll("x"+g.text(), "xBearer", "x Bearer") // glued to a letter, nobody knows it for a secret
	}
	var b strings.Builder
	g.walk(&b, re)
	return b.String()
}

func (g generator) walk(b *strings.Builder, re *syntax.Regexp) {
	repeat := func(least, most int) {
		for range least + g.IntN(most-least+1) {
			g.walk(b, re.Sub[0])
		}
	}
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		b.WriteRune(re.Rune[0] + rune(g.IntN(int(min(re.Rune[1]-re.Rune[0], 60))+1)))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteRune([]rune("abcXYZ 019:#{}$é")[g.IntN(16)])
	case syntax.OpStar:
		repeat(0, 3)
	case syntax.OpPlus:
		repeat(1, 4)
	case syntax.OpQuest:
		repeat(0, 1)
	case syntax.OpRepeat:
		most := re.Max
		if most < 0 {
			most = re.Min + 5
		}
		repeat(re.Min, most)
	case syntax.OpAlternate:
		g.walk(b, re.Sub[g.IntN(len(re.Sub))])
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range re.Sub {
			g.walk(b, sub)
		}
	default:
	}
}
