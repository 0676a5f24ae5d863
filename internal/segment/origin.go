package segment

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// OriginError says why a BaseURL is not one that a token may be sent to.
type OriginError struct {
	URL     string // without user and password
	Problem string
}

func (e *OriginError) Error() string { return fmt.Sprintf("API URL %q %s", e.URL, e.Problem) }

// IsLoopback reports whether a host, without a port, is this machine: localhost or a loopback address.
func IsLoopback(host string) bool {
	return strings.EqualFold(host, "localhost") || net.ParseIP(strings.Trim(host, "[]")).IsLoopback()
}

// parseOrigin returns the URL of /v1beta/ at an origin.
func parseOrigin(base string) (*url.URL, error) {
	u, err := url.Parse(base)
	if err != nil {
		// The parser's error quotes the whole URL, password included.
		return nil, &OriginError{"", "is not a URL"}
	}
	shown := (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
	switch {
	case u.Hostname() == "" || (u.Scheme != "https" && u.Scheme != "http"):
		return nil, &OriginError{shown, "is not an origin such as https://platform.segmentapis.com"}
	case u.User != nil:
		return nil, &OriginError{shown, "has a user in it"}
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return nil, &OriginError{shown, "has more than scheme, host and port"}
	case u.Scheme == "http" && !IsLoopback(u.Hostname()):
		return nil, &OriginError{shown, "is plain http, which is for this machine only"}
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/v1beta/"}, nil
}
