package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/segctl/segctl/internal/wire"
)

// client returns the address that a request came from. A header can be written by anybody, so it counts only where a proxy
// of ours adds to it, and then its last address alone, which is the one that the proxy saw.
func (s *service) client(r *http.Request) string {
	if s.TrustProxy {
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if a, ok := parseAddress(strings.TrimSpace(hops[len(hops)-1])); ok {
			return a.String()
		}
	}
	if a, ok := parseAddress(r.RemoteAddr); ok {
		return a.String()
	}
	return "unknown"
}

// parseAddress reads an address with or without a port.
func parseAddress(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		pair, err := netip.ParseAddrPort(s)
		if err != nil {
			return netip.Addr{}, false
		}
		a = pair.Addr()
	}
	return a.Unmap().WithZone(""), true
}

// clientKey is what the requests of a client are counted under: one household or office has a whole /64 of IPv6.
func clientKey(client string) string {
	a, err := netip.ParseAddr(client)
	if err != nil || a.Is4() {
		return client
	}
	network, err := a.Prefix(64)
	if err != nil {
		return client
	}
	return network.String()
}

// hostName returns the name in a host or HOST:PORT as it is compared: names have no case, and may end with the dot of the
// root (RFC 4343, RFC 1034 §3.1).
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

// answersTo reports whether a request is meant for this service: for the host of the public URL, else a web page whose name
// was made to point here could act on a browser's behalf (DNS rebinding). What watches over the service has only an
// address to go by, or a name of its own network, which has no dot; nobody outside can make either point here.
func (s *service) answersTo(r *http.Request) bool {
	name := hostName(r.Host)
	if name != "" && name == s.host {
		return true
	}
	if !isInside(r.URL.Path) {
		return false
	}
	_, err := netip.ParseAddr(name)
	return err == nil || wire.IsLoopback(name) || name != "" && !strings.Contains(name, ".")
}
