package output

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/segctl/segctl/internal/secret"
)

// text writes a string: several lines as a block, where a block can hold them.
func (w *yamlWriter) text(s string, indent int) {
	if indent == 0 || !isBlock(s) {
		w.oneLine(s)
		return
	}
	w.b.WriteByte('|')
	if !strings.HasSuffix(s, "\n") {
		w.b.WriteByte('-')
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(s, "\n"), "\n") {
		w.b.WriteByte('\n')
		if line != "" {
			w.indent(indent)
			w.b.WriteString(line)
		}
	}
}

// isBlock reports whether a string has several lines that a literal block (YAML 1.2 §8.1.2) says as they are: without
// characters that need an escape, and without blanks or line breaks that its indentation or its end would swallow.
func isBlock(s string) bool {
	return strings.Contains(s, "\n") && !strings.HasSuffix(s, "\n\n") && !strings.ContainsAny(s[:1], " \n") &&
		!strings.Contains(s, "\t") && isHarmless(s)
}

// isHarmless reports whether a string can stand in YAML without escapes, but for line breaks and tabs.
func isHarmless(s string) bool {
	return secret.CleanText(s) == s && !strings.ContainsAny(s, "\ufffe\uffff")
}

// oneLine writes a string in the plainest way that is read back as the same string.
func (w *yamlWriter) oneLine(s string) {
	switch {
	case isPlain(s):
		w.b.WriteString(s)
	case strings.ContainsAny(s, "\n\t") || !isHarmless(s) || looksOtherwise(s):
		w.quoted(s)
	default:
		w.b.WriteString("'" + strings.ReplaceAll(s, "'", "''") + "'")
	}
}

// isPlain reports whether a string needs no quotes. It says so of fewer strings than could do without.
func isPlain(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	if !unicode.IsLetter(first) && !strings.ContainsRune(`_/<($^;\`, first) || looksOtherwise(s) || strings.HasSuffix(s, " ") {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' || c == 0x7f,
			c == ':' && (i+1 == len(s) || s[i+1] == ' '),
			c == '#' && s[i-1] == ' ':
			return false
		case c >= utf8.RuneSelf:
			return isHarmless(s) && !strings.Contains(s[i:], ": ") && !strings.Contains(s[i:], " #") &&
				!strings.HasSuffix(s, ":") && !strings.ContainsAny(s[i:], "\n\t")
		}
	}
	return true
}

// looksOtherwise reports whether a string without quotes could be read as something else than a string: a number, a date,
// a truth value of any version of YAML, null, or the key of a merge.
func looksOtherwise(s string) bool {
	if s == "" || s == "<<" || strings.ContainsRune("0123456789+-.~=", rune(s[0])) {
		return true
	}
	return len(s) <= len("false") &&
		slices.Contains([]string{"y", "n", "yes", "no", "on", "off", "true", "false", "null"}, strings.ToLower(s))
}

// quoted writes a string in double quotes, with escapes for what is not printed as it is (YAML 1.2 §5.7).
func (w *yamlWriter) quoted(s string) {
	w.b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			w.b.WriteByte('\\')
			w.b.WriteRune(r)
		case r == '\n':
			w.b.WriteString(`\n`)
		case r == '\t':
			w.b.WriteString(`\t`)
		case r == '\r':
			w.b.WriteString(`\r`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&w.b, `\x%02x`, r)
		case r < utf8.RuneSelf || isHarmless(string(r)):
			w.b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&w.b, `\u%04x`, r)
		default:
			fmt.Fprintf(&w.b, `\U%08x`, r)
		}
	}
	w.b.WriteByte('"')
}
