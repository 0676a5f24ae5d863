package private

import (
	"strconv"
	"strings"
)

// FileName turns any text into a name for a file that every file system takes and keeps apart from the names of other
// texts, also where case does not count. None begins with a dot, as temporary files do.
func FileName(text string) string {
	const hex = "0123456789abcdef"
	var b strings.Builder
	for i := range len(text) {
		switch c := text[i]; {
		case c == '/':
			b.WriteByte('+')
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_', c == '.' && i > 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

// TextOf returns the text that FileName made a name of, and false for a name that it never makes.
func TextOf(name string) (text string, ok bool) {
	var b strings.Builder
	for rest := name; rest != ""; {
		var c byte
		switch {
		case rest[0] == '+':
			c, rest = '/', rest[1:]
		case rest[0] == '%' && len(rest) >= 3:
			n, err := strconv.ParseUint(rest[1:3], 16, 8)
			if err != nil {
				return "", false
			}
			c, rest = byte(n), rest[3:]
		default:
			c, rest = rest[0], rest[1:]
		}
		b.WriteByte(c)
	}
	text = b.String()
	return text, FileName(text) == name
}
