package output

import (
	"strings"
)

// shorten cuts text to a width on the terminal and says so by an ellipsis.
func shorten(s string, width int) string {
	if textWidth(s) <= width {
		return s
	}
	if isASCII(s) {
		return strings.TrimRight(s[:max(width-1, 1)], " ") + "…"
	}
	head, _ := split(s, width-1)
	return strings.TrimRight(head, " ") + "…"
}

// wrapText breaks text into pieces of at most a width, at a space where there is one in the second half of the piece.
func wrapText(s string, width int) []string {
	var pieces []string
	for textWidth(s) > width {
		head, rest := split(s, width)
		if space := strings.LastIndexByte(head, ' '); space > len(head)/2 && rest[0] != ' ' {
			head, rest = s[:space], s[space+1:]
		}
		pieces = append(pieces, head)
		s = strings.TrimPrefix(rest, " ")
	}
	return append(pieces, s)
}

// split cuts text after as many characters as fit in a width, and at least one.
func split(s string, width int) (head, rest string) {
	used := 0
	for i, r := range s {
		used += textWidth(string(r))
		if used > width && i > 0 {
			return s[:i], s[i:]
		}
	}
	return s, ""
}
