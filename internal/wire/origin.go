package wire

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Origin is scheme, host and port of a server (RFC 6454 §4) in one spelling, so that two of them compare with ==:
// "https://platform.segmentapis.com". A token belongs to the origin that issued it.
type Origin string

// Segment's own origins ("Enable with Segment" guide).
const (
	SegmentID  Origin = "https://id.segmentapis.com"
	SegmentAPI Origin = "https://platform.segmentapis.com"
)

// segmentDomain is the domain of all of Segment's API hosts, that of Europe included.
const segmentDomain = "segmentapis.com"

// OriginError says why credentials may not be sent to a URL. It holds the URL without user and password.
type OriginError struct{ URL, Problem string }

func (e *OriginError) Error() string { return fmt.Sprintf("URL %q %s", e.URL, e.Problem) }

// ParseOrigin returns the origin that a URL is, with or without a slash at its end. It must be https, or http on a
// loopback address. The error is an *OriginError.
func ParseOrigin(raw string) (Origin, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", &OriginError{"", "cannot be parsed"} // the parser's error quotes it whole, password included
	}
	fail := func(problem string) (Origin, error) {
		return "", &OriginError{(&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String(), problem}
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	switch {
	case host == "" || u.Scheme != "https" && u.Scheme != "http":
		return fail("is not the origin of a server, such as " + string(SegmentAPI))
	case u.User != nil:
		return fail("must not hold a user name or password")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return fail("has more than scheme, host and port")
	case u.Scheme == "http" && !IsLoopback(host):
		return fail("must be https: plain http is for this machine only")
	case strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || r > '~' }):
		return fail("has a host name with characters that none has")
	}
	port := u.Port()
	if port == "" || u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		return Origin(u.Scheme + "://" + host), nil
	}
	return Origin(u.Scheme + "://" + net.JoinHostPort(host, port)), nil
}

// host returns the host of an origin, without its port.
func (o Origin) host() string {
	u, err := url.Parse(string(o))
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// IsLoopback reports whether the server is on this machine.
func (o Origin) IsLoopback() bool { return IsLoopback(o.host()) }

// IsSegment reports whether the server is one of Segment's own.
func (o Origin) IsSegment() bool {
	host := o.host()
	return strings.HasPrefix(string(o), "https://") && (host == segmentDomain || strings.HasSuffix(host, "."+segmentDomain))
}

// IsLoopback reports whether a host, without a port, is this machine: localhost or a loopback address, in brackets or
// not. No other name counts, for nobody can say what it will resolve to.
func IsLoopback(host string) bool {
	if strings.EqualFold(strings.TrimSuffix(host, "."), "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && addr.Unmap().IsLoopback()
}

// Related reports whether two servers belong together, as an authorization server and its API do: the token that one
// issues is sent to the other. They are both on this machine, or they have the same host, or names under the same
// domain that somebody can own.
func Related(a, b Origin) bool {
	x, y := a.host(), b.host()
	switch {
	case x == "" || y == "":
		return false
	case IsLoopback(x) || IsLoopback(y):
		return IsLoopback(x) && IsLoopback(y)
	case x == y:
		return true
	}
	if isAddress(x) || isAddress(y) {
		return false
	}
	domainX, errX := publicsuffix.EffectiveTLDPlusOne(x)
	domainY, errY := publicsuffix.EffectiveTLDPlusOne(y)
	return errX == nil && errY == nil && domainX == domainY
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}
