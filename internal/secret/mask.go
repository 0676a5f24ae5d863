package secret

import (
	"strings"
	"unicode/utf8"
)

const bullets = "••••••••"

// maskVisible is how long a secret must be, in characters, for its last four to be shown.
const maskVisible = 12

// Mask returns what may be shown of a secret: bullets in a number that says nothing, and the last four characters of a
// long one, so that a person can tell which it is. Nothing at all stays nothing. What stands before a space, a colon or an
// equals sign does not count for the length: the last four of "Bearer abcdef" would be most of it.
func Mask(text string) string {
	if text == "" {
		return ""
	}
	last := strings.TrimRight(text, "=") // padding of base64
	last = text[strings.LastIndexAny(last, " \t\r\n:=")+1:]
	if utf8.RuneCountInString(last) < maskVisible {
		return bullets
	}
	runes := []rune(last)
	return bullets + Clean(string(runes[len(runes)-4:]))
}
