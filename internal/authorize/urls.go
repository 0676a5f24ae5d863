package authorize

import (
	"errors"
	"fmt"
	"net/url"

	"github.com/segctl/segctl/internal/wire"
)

// CheckRedirectURL returns a *RedirectURLError unless a code may be sent to raw: an absolute https URL, or an http one of
// this machine (RFC 6749 §3.1.2).
func CheckRedirectURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil {
		return &RedirectURLError{Problem: "cannot be parsed"} // the parser's error quotes it whole, password included
	}
	fail := func(problem string) error { return &RedirectURLError{URL: u.Redacted(), Problem: problem} }
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return fail("must begin with https:// or http://")
	case u.Hostname() == "":
		return fail("must name a host")
	case u.User != nil || u.Fragment != "":
		return fail("must have no user name and no fragment")
	case u.Scheme == "http" && !wire.IsLoopback(u.Hostname()):
		return fail("must be https: plain http is for this machine only")
	}
	return nil
}

// CheckBrowserURL returns an error unless raw is an absolute http or https URL with a host: anything else, handed to a
// browser or a desktop's opener, could name a file or a program.
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
