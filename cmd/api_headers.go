package cmd

import (
	"net/http"
	"strings"
)

// parseHeaders reads "Name: value". Those that segctl sets itself are refused rather than dropped in silence.
func parseHeaders(lines []string) (http.Header, error) {
	headers := http.Header{}
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		if !ok || !isHeaderName(name) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			// The line is not quoted: it may hold a secret.
			return nil, usagef("-H: not a header").hint("-H 'Name: value'")
		}
		switch name = http.CanonicalHeaderKey(name); name {
		case "Authorization":
			return nil, usagef("-H: segctl authenticates requests itself").hint("export SEGCTL_TOKEN=…   # or --token-stdin, to use another token")
		case "Accept", "Connection", "Content-Length", "Host", "Transfer-Encoding", "User-Agent":
			return nil, usagef("-H: %s is set by segctl", name)
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
