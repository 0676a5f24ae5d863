package authorize

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
)

// redirectURL is a checked redirect URL, taken apart for comparison.
type redirectURL struct {
	path string // escaped, never empty
	port string
}

// loopbackHosts are the only names under which a browser on this machine may
// call back. A name that only resolves to 127.0.0.1 is DNS rebinding.
func loopbackHosts() []string { return []string{"localhost", "127.0.0.1", "[::1]"} }

func parseRedirectURL(raw string) (redirectURL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return redirectURL{}, &RedirectURLError{URL: cleanText(raw), Problem: "cannot be parsed"}
	}
	fail := func(problem string) (redirectURL, error) {
		return redirectURL{}, &RedirectURLError{URL: u.Redacted(), Problem: problem}
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

// hostIsOurs reports whether a request's Host is a loopback name with the
// port, which only port 80 lets a browser leave out.
func (r redirectURL) hostIsOurs(host string) bool {
	return slices.ContainsFunc(loopbackHosts(), func(name string) bool {
		return host == name+":"+r.port || r.port == "80" && host == name
	})
}

func (r redirectURL) pathIsOurs(u *url.URL) bool {
	path := u.EscapedPath()
	return path == r.path || path == "" && r.path == "/"
}

// checkEndpoint refuses URLs that would carry the client secret or the code in
// the clear.
func checkEndpoint(name, raw string) error {
	u, err := url.Parse(raw)
	if err != nil {
		return &EndpointError{Name: name, URL: cleanText(raw), Problem: "cannot be parsed"}
	}
	fail := func(problem string) error {
		return &EndpointError{Name: name, URL: u.Redacted(), Problem: problem}
	}
	switch {
	case u.User != nil:
		return fail("must hold no user name or password")
	case u.Hostname() == "":
		return fail("must be absolute, with a host")
	case u.Fragment != "":
		return fail("must have no fragment") // RFC 6749 §3.1
	case u.Scheme == "https", u.Scheme == "http" && isLoopback(u.Hostname()):
		return nil
	}
	return fail("must be https; plain http is for loopback addresses only")
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// CheckBrowserURL returns an error unless raw is an absolute http or https URL
// with a host: anything else, handed to a browser or a desktop's opener, could
// name a file or a program.
func CheckBrowserURL(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return errors.New("check browser URL: it cannot be parsed")
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("check browser URL: scheme %q is neither http nor https", u.Scheme)
	case u.Hostname() == "":
		return errors.New("check browser URL: it names no host")
	}
	return nil
}
