package loopback

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/segctl/segctl/internal/authorize"
)

// redirectURL is a checked redirect URL, taken apart for comparison.
type redirectURL struct {
	path string // escaped, never empty
	port string
}

// loopbackHosts are the only names under which a browser on this machine may call back. A name that only resolves to
// 127.0.0.1 is DNS rebinding.
func loopbackHosts() []string { return []string{"localhost", "127.0.0.1", "[::1]"} }

// parseRedirectURL returns the redirect URL, or an *authorize.RedirectURLError where it cannot be listened on.
func parseRedirectURL(raw string) (redirectURL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return redirectURL{}, &authorize.RedirectURLError{Problem: "cannot be parsed"} // the parser's error quotes it whole
	}
	fail := func(problem string) (redirectURL, error) {
		return redirectURL{}, &authorize.RedirectURLError{URL: u.Redacted(), Problem: problem}
	}
	port := u.Port()
	if port == "" {
		port = "80"
	}
	switch n, err := strconv.ParseUint(port, 10, 16); {
	case u.Scheme != "http":
		return fail("must begin with http://: a loopback listener has no certificate")
	case u.User != nil || u.Fragment != "":
		return fail("must have no user name and no fragment")
	case !isCallbackHost(u):
		return fail("must have the host localhost, 127.0.0.1 or [::1]")
	case err != nil || n == 0:
		return fail("must have a port from 1 to 65535")
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	return redirectURL{path: path, port: port}, nil
}

func isCallbackHost(u *url.URL) bool {
	host := u.Hostname()
	if host == "::1" {
		host = "[::1]"
	}
	return slices.Contains(loopbackHosts(), host)
}

// hostIsOurs reports whether a request's Host is a loopback name with the port, which only port 80 lets a browser leave
// out.
func (r redirectURL) hostIsOurs(host string) bool {
	return slices.ContainsFunc(loopbackHosts(), func(name string) bool {
		return host == name+":"+r.port || r.port == "80" && host == name
	})
}

func (r redirectURL) pathIsOurs(u *url.URL) bool {
	path := u.EscapedPath()
	return path == r.path || path == "" && r.path == "/"
}
