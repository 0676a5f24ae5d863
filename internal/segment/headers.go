package segment

import (
	"net/http"
	"strings"
)

// HeaderError says why a line is not a header that can be added to a request. It never holds the value.
type HeaderError struct {
	Name    string // "" where the line is no header at all
	Problem string // completes the sentence "header x …"
}

func (e *HeaderError) Error() string {
	if e.Name == "" {
		return "a header " + e.Problem
	}
	return "header " + e.Name + " " + e.Problem
}

// ParseHeaders reads lines of the form "Name: value". Those that the client sets itself are refused rather than dropped
// in silence. The error is a *HeaderError.
func ParseHeaders(lines []string) (http.Header, error) {
	headers := http.Header{}
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		if !ok || !isHeaderName(name) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			// The line is not quoted: it may hold a secret.
			return nil, &HeaderError{"", "is not of the form 'Name: value'"}
		}
		switch name = http.CanonicalHeaderKey(name); name {
		case "Authorization":
			return nil, &HeaderError{name, "is set by segctl, which authenticates requests itself: a token of your own goes into SEGCTL_TOKEN or --token-stdin"}
		case "Accept", "Connection", "Content-Length", "Host", "Transfer-Encoding", "User-Agent":
			return nil, &HeaderError{name, "is set by segctl"}
		}
		headers.Add(name, value)
	}
	return headers, nil
}

// isHeaderName reports whether a text is a token of RFC 9110 §5.6.2.
func isHeaderName(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}
