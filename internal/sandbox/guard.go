package sandbox

import (
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
)

// Hosts are the names that programs know Segment by.
func Hosts() []string {
	return []string{hostID, hostAPI, hostApp, hostEU}
}

// hostName returns the name in a host or HOST:PORT as it is compared, and the port, if there is one: a name has no case, and
// may end with the dot of the root (RFC 4343, RFC 1034 §3.1).
func hostName(host string) (name, port string) {
	name = host
	if n, p, err := net.SplitHostPort(host); err == nil {
		name, port = n, p
	} else if inner, ok := strings.CutPrefix(host, "["); ok {
		name = strings.TrimSuffix(inner, "]")
	}
	return strings.ToLower(strings.TrimSuffix(name, ".")), port
}

// CheckHost returns a host name as it is compared. The error says why it is none that a sandbox could answer for.
func CheckHost(host string) (string, error) {
	name, _ := hostName(host)
	word := regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$`)
	switch {
	case len(name) > 253 || !word.MatchString(name) || name != strings.ToLower(strings.TrimSuffix(host, ".")):
		return "", fmt.Errorf("%q is not a host name", host)
	case net.ParseIP(name) != nil:
		return "", fmt.Errorf("%q is an address, not a host name", host)
	case name == "localhost":
		return "", fmt.Errorf("%q is this machine already", host)
	}
	return name, nil
}

// hostSet is a set of names as hostName returns them.
type hostSet map[string]bool

// newHostSet returns Segment's names and others.
func newHostSet(others []string) hostSet {
	set := hostSet{}
	for _, host := range append(Hosts(), others...) {
		name, _ := hostName(host)
		set[name] = true
	}
	return set
}

// Guard is a sandbox as its listeners show it: it answers requests for this machine, for Segment's names and for what it
// was told, and refuses those for any other host. A web page whose name was made to point at this machine could read
// everything otherwise, /_sandbox/export too (DNS rebinding).
type Guard struct {
	server    *Server
	names     hostSet
	loopback  bool // localhost and the loopback addresses
	addresses bool // every address: a name can be made to point here, an address cannot
}

// NewGuard returns a sandbox that also answers to other names or addresses; "" among them stands for every address.
func NewGuard(server *Server, others ...string) *Guard {
	g := &Guard{server: server, names: newHostSet(others), loopback: true, addresses: false}
	if g.names[""] {
		delete(g.names, "")
		g.addresses = true
	}
	return g
}

// answersTo judges the Host of a request.
func (g *Guard) answersTo(name string) bool {
	if g.names[name] {
		return true
	}
	ip := net.ParseIP(name)
	if ip == nil {
		return g.loopback && name == "localhost"
	}
	return g.addresses || g.names[ip.String()] || g.loopback && ip.IsLoopback()
}

// ServeHTTP answers 421 where the host is not the sandbox's, RFC 9110 §15.5.20. The sandbox sees names of Segment without
// a port, in small letters and without a dot at the end.
func (g *Guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, port := hostName(r.Host)
	if !g.answersTo(name) {
		g.server.refuse(r, http.StatusMisdirectedRequest, printableHost(name)+" is none of the sandbox's names")
		http.Error(w, "this is not "+printableHost(r.Host)+"; the sandbox answers to localhost, loopback addresses and Segment's names", http.StatusMisdirectedRequest)
		return
	}
	if host := name; g.names[name] && net.ParseIP(name) == nil {
		if port != "" && port != "443" {
			host = net.JoinHostPort(name, port)
		}
		if host != r.Host {
			changed := *r
			changed.Host = host
			r = &changed
		}
	}
	g.server.ServeHTTP(w, r)
}

// printableHost is a host in the words of an answer: cut, and without what is in no host.
func printableHost(host string) string {
	host = strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f && !strings.ContainsRune(`"<>\^`+"`{|}", r) {
			return r
		}
		return '?'
	}, cut(host, maxHost))
	if host == "" {
		return "a host without a name"
	}
	return host
}

// maxRefusals is how many refusals are remembered; more are no longer told of.
const maxRefusals = 100

// refusals are those that were told of.
type refusals struct {
	mu   sync.Mutex
	seen map[string]bool
}

// first reports whether something is refused for the first time.
func (l *refusals) first(why string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen[why] || len(l.seen) >= maxRefusals {
		return false
	}
	if l.seen == nil {
		l.seen = map[string]bool{}
	}
	l.seen[why] = true
	return true
}

// refuse notes a request that was refused for its host: in the log, and once for each host with whoever wants to know.
func (s *Server) refuse(r *http.Request, status int, why string) {
	line := newLine(s.now(), r)
	line.Status, line.Refused = status, why
	s.log.add(logEntry{Request: line, query: newQuery(r.URL.RawQuery), sent: newHeaders(requestHeaders(), r.Header)})
	if s.options.Refused != nil && s.refused.first(why) {
		s.options.Refused(why)
	}
}
