package output

import (
	"bytes"
	"strings"
)

// The styles of JSON: names, strings, and numbers, true, false and null.
const (
	styleName    Style = "34" // blue
	styleString        = Green
	styleLiteral       = Yellow
)

// paintJSON appends JSON to a buffer in colour. Its characters are safe for a terminal already, and it begins and ends
// between two tokens.
func paintJSON(b *bytes.Buffer, text []byte) {
	for len(text) > 0 {
		n, style := nextToken(text)
		if style == Plain {
			b.Write(text[:n])
		} else {
			b.WriteString("\x1b[" + string(style) + "m")
			b.Write(text[:n])
			b.WriteString("\x1b[0m")
		}
		text = text[n:]
	}
}

// nextToken returns the length of the token that a text begins with, or of what is between two of them, and its style.
func nextToken(text []byte) (int, Style) {
	isBetween := func(r rune) bool { return strings.ContainsRune(" \t\r\n,:[]{}", r) }
	length := func(until func(rune) bool) int {
		if n := bytes.IndexFunc(text, until); n >= 0 {
			return n
		}
		return len(text)
	}
	switch {
	case text[0] == '"':
		n := stringLength(text)
		if rest := bytes.TrimLeft(text[n:], " \t\r\n"); len(rest) > 0 && rest[0] == ':' {
			return n, styleName
		}
		return n, styleString
	case isBetween(rune(text[0])):
		return length(func(r rune) bool { return !isBetween(r) }), Plain
	default:
		return length(func(r rune) bool { return isBetween(r) || r == '"' }), styleLiteral
	}
}

// stringLength returns the length of the string that a text begins with, quotes included.
func stringLength(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}
