package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// access is what a route asks of the token.
type access int

const (
	accessBasic       access = iota // no bearer token: the handler checks HTTP Basic itself
	accessAny                       // any token that works
	accessWorkspace                 // a workspace scope, and the workspace in the path
	accessOwn                       // that; with the quirk own-source also the scope of a destination somewhere below the path
	accessDestination               // that, or the scope of exactly this destination
)

// route is one method on one path under /v1beta. A segment {x} of the pattern matches any id.
type route struct {
	method  string
	pattern []string
	access  access
	writes  bool
	handle  func(*call) (any, error)
}

func newRoute(method, pattern string, access access, handle func(*call) (any, error)) route {
	return route{method, strings.Split(pattern, "/"), access, method != http.MethodGet, handle}
}

// segments splits an escaped URL path into its decoded words. Doubled and trailing slashes count for nothing, as with
// the Config API. ok is false for a path that no client means: bad escapes, or an id with a slash in it.
func segments(u *url.URL) (words []string, ok bool) {
	for word := range strings.SplitSeq(u.EscapedPath(), "/") {
		if word == "" {
			continue
		}
		decoded, err := url.PathUnescape(word)
		if err != nil || strings.Contains(decoded, "/") {
			return nil, false
		}
		words = append(words, decoded)
	}
	return words, true
}

func (rt *route) match(words []string) bool {
	if len(words) != len(rt.pattern) {
		return false
	}
	for i, want := range rt.pattern {
		if want != words[i] && want[0] != '{' {
			return false
		}
	}
	return true
}

// find returns the route for the words after /v1beta, or the methods that the path knows when the method is not one of
// them. A literal pattern wins over one with ids because it stands earlier in the table.
func find(routes []route, method string, words []string) (found *route, allowed []string) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	for i := range routes {
		rt := &routes[i]
		if !rt.match(words) {
			continue
		}
		if rt.method == method {
			return rt, nil
		}
		if !slices.Contains(allowed, rt.method) {
			allowed = append(allowed, rt.method)
		}
	}
	return nil, allowed
}
