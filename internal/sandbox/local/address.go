package local

import (
	"fmt"
	"net"
)

// Reachable returns the host of an address HOST:PORT, and whether other machines reach it. A name other than localhost
// counts as such: nobody can say what it will resolve to.
func Reachable(addr string) (host string, remote bool, err error) {
	host, _, err = net.SplitHostPort(addr)
	if err != nil {
		return "", false, fmt.Errorf("%q is not HOST:PORT", addr)
	}
	ip := net.ParseIP(host)
	return host, host != "localhost" && (ip == nil || !ip.IsLoopback()), nil
}
