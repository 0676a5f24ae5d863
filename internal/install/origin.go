package install

import (
	"fmt"
	"net/url"
	"strings"
)

// OriginError says that a record belongs to another origin than the one that is asked for a request. Its token is not
// handed out.
type OriginError struct {
	Install string
	Bound   string // the origin that issued the token
	Wanted  string // the origin it was wanted for
}

func (e *OriginError) Error() string {
	return fmt.Sprintf("the token of %s belongs to %s and is not sent to %s", e.Install, e.Bound, e.Wanted)
}

// canonicalOrigin returns scheme, host and port of a URL (RFC 6454 §4), so that two spellings of an origin compare equal.
func canonicalOrigin(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Hostname() == "" || u.User != nil || (u.Scheme != "https" && u.Scheme != "http") {
		return "", fmt.Errorf("%q is not the origin of an API, such as https://platform.segmentapis.com", s)
	}
	host := strings.ToLower(u.Host)
	switch u.Scheme {
	case "https":
		host = strings.TrimSuffix(host, ":443")
	case "http":
		host = strings.TrimSuffix(host, ":80")
	}
	host = strings.TrimSuffix(host, ":")
	if !printable(host) {
		return "", fmt.Errorf("%q is not the origin of an API, such as https://platform.segmentapis.com", s)
	}
	return u.Scheme + "://" + host, nil
}
