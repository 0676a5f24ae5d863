package sandbox

import (
	"net"
	"net/http"
	"slices"
)

// The names that Segment's servers have.
const (
	hostID  = "id.segmentapis.com"
	hostApp = "app.segment.com"
	hostAPI = "platform.segmentapis.com"
	hostEU  = "eu1.api.segmentapis.com"
)

// role is what a host serves. By a name of Segment's, that is what the host of this name serves there; by any other one,
// such as a loopback address, it is everything.
type role int

const (
	roleAll role = iota
	roleID
	roleApp
	roleAPI
)

// roleOf returns what the host that a request is for serves.
func roleOf(r *http.Request) role {
	name, _ := hostName(r.Host)
	switch name {
	case hostID:
		return roleID
	case hostApp:
		return roleApp
	case hostAPI, hostEU:
		return roleAPI
	}
	return roleAll
}

// serves reports whether there can be anything for the words of a path.
func (h role) serves(words []string) bool {
	owner := roleAll
	switch {
	case len(words) > 1 && words[0] == "v1beta":
		owner = roleAPI
	case len(words) > 0 && words[0] == "oauth2":
		owner = roleID
	case slices.Equal(words, []string{"login"}), slices.Equal(words, []string{"authorize"}):
		owner = roleApp
	}
	return owner != roleAll && (h == roleAll || h == owner)
}

// isAdmin reports whether a request is for the sandbox itself: its paths are served by every name, for its pages need
// them, and the dashboard wherever a person would look for one.
func isAdmin(r *http.Request, words []string) bool {
	if len(words) == 0 {
		h := roleOf(r)
		return h == roleAll || h == roleApp
	}
	return words[0] == "_sandbox"
}

// atHost returns what to put before a path to lead to the host of this name. It is empty where the request came by no
// name of Segment's: there all hosts are one.
func atHost(r *http.Request, name string) string {
	if roleOf(r) == roleAll {
		return ""
	}
	scheme := "https://"
	if r.TLS == nil && r.URL.Scheme != "https" {
		scheme = "http://"
	}
	if _, port := hostName(r.Host); port != "" {
		name = net.JoinHostPort(name, port)
	}
	return scheme + name
}
