package sandbox

import (
	"net/http"
	"strings"
)

const (
	// maxHeader is the longest value of a header that the log shows, in bytes. Of a longer one nothing is shown, for the
	// secrets in a part of one cannot be told.
	maxHeader = 300
	// headerTooLong stands for such a value, and for one of several lines.
	headerTooLong = "(too long to show)"
)

// requestHeaders are the headers of requests that the log shows: those that say how a client speaks, not for whom. Of
// Authorization it shows the scheme alone.
func requestHeaders() [6]string {
	return [...]string{"Accept", "Accept-Encoding", "Authorization", "Content-Type", "Origin", "User-Agent"}
}

// responseHeaders are those of answers. A cookie is not among them.
func responseHeaders() [6]string {
	return [...]string{"Allow", "Cache-Control", "Content-Type", "Location", "Retry-After", "Www-Authenticate"}
}

// newHeaders copies the headers that the log shows, one a line, in as few bytes as there are: nobody looks at most of
// them. What Authorization says after its scheme is not kept at all.
func newHeaders(names [6]string, h http.Header) string {
	size := 0
	for _, name := range names {
		for _, value := range h[name] {
			size += len(name) + len(keptHeader(name, value)) + 2
		}
	}
	switch {
	case size == 0:
		return ""
	case size > maxHeader*len(names):
		return headerTooLong // so many values for a name that no client means them
	}
	var b strings.Builder
	b.Grow(size)
	for _, name := range names {
		for _, value := range h[name] {
			b.WriteString(name)
			b.WriteByte(':')
			b.WriteString(keptHeader(name, value))
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// keptHeader is what is kept of a value.
func keptHeader(name, value string) string {
	switch {
	case name == "Authorization":
		scheme, _, ok := strings.Cut(value, " ")
		if ok && (strings.EqualFold(scheme, "bearer") || strings.EqualFold(scheme, "basic")) {
			return scheme
		}
		return "" // who forgot the scheme sent a token alone
	case len(value) > maxHeader || strings.ContainsAny(value, "\r\n"):
		return headerTooLong
	}
	return value
}

// headersForLog masks the secrets of headers that newHeaders copied. Of a name with several values they are joined, as
// RFC 9110 §5.3 allows.
func headersForLog(lines string) map[string]string {
	shown := map[string]string{}
	for line := range strings.Lines(lines) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		value = headerForLog(name, value)
		if before, ok := shown[name]; ok {
			value = before + ", " + value
		}
		shown[name] = value
	}
	if len(shown) == 0 {
		return nil
	}
	return shown
}

func headerForLog(name, value string) string {
	switch name {
	case "Authorization":
		return strings.TrimSpace(value + " " + masked)
	case "Location":
		address, query, ok := strings.Cut(value, "?")
		if !ok {
			return maskText(value, 0)
		}
		return maskText(address, 0) + "?" + queryForLog(query)
	}
	return maskText(value, 0)
}
