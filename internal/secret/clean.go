package secret

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean returns s as one line that is safe to print: control characters, characters that reorder or hide text, and bytes
// that are not UTF-8 become visible escapes such as \n, \x1b and \u202e.
func Clean(s string) string {
	return clean(s, isUnsafe)
}

// CleanText is [Clean] for text of several lines: newlines and tabs stay.
func CleanText(s string) string {
	return clean(s, func(r rune) bool { return r != '\n' && r != '\t' && isUnsafe(r) })
}

// Brief returns a text that somebody else wrote as one clean line of at most limit characters, with an ellipsis where it
// was cut. Secrets must be redacted before: the part of one that cutting leaves would not be found.
func Brief(s string, limit int) string {
	line := Clean(strings.Join(strings.Fields(s), " "))
	if len(line) <= limit {
		return line
	}
	runes := []rune(line)
	if len(runes) <= limit {
		return line
	}
	return string(runes[:max(limit-1, 0)]) + "…"
}

func clean(s string, unsafe func(rune) bool) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, unsafe) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case !unsafe(r):
			b.WriteString(s[i : i+size])
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			b.WriteString(escapeRune(r))
		}
		i += size
	}
	return b.String()
}

// isUnsafe tells whether a character could steer a terminal or deceive a reader: the C0 and C1 controls, DEL, line and
// paragraph separators, and format characters such as bidi overrides and zero-width spaces. The two joiners stay, for
// scripts and emoji need them.
func isUnsafe(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	if r == '\u200c' || r == '\u200d' {
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// CleanDocument escapes the unsafe characters of JSON or YAML text, but for the newlines and tabs of its layout, as
// both languages write them within strings. They can stand nowhere else, so the document stays the same.
func CleanDocument(text []byte) []byte {
	layout := func(r rune) bool { return r == '\n' || r == '\t' || r == '\r' }
	if utf8.Valid(text) && !bytes.ContainsFunc(text, func(r rune) bool { return isUnsafe(r) && !layout(r) }) {
		return text
	}
	b := bytes.NewBuffer(make([]byte, 0, len(text)+64))
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b.WriteString(`\ufffd`)
		case isUnsafe(r) && !layout(r):
			b.WriteString(escapeRune(r))
		default:
			b.Write(text[i : i+size])
		}
		i += size
	}
	return b.Bytes()
}

// escapeRune writes a character as JSON does (RFC 8259 §7): above the basic plane, as a pair of surrogates.
func escapeRune(r rune) string {
	if r <= 0xffff {
		return fmt.Sprintf(`\u%04x`, r)
	}
	r -= 0x10000
	return fmt.Sprintf(`\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
}
