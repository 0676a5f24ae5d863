package config

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// CheckValue returns an [*Error] if the setting key does not exist or cannot have the value.
func CheckValue(key, value string) error {
	fault := ""
	var valid []string
	switch key {
	case ClientID, ClientSecret:
		if value == "" || strings.ContainsFunc(value, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
			fault = "must be text without spaces or control characters"
		}
	case Scope:
		if !isScope(value) {
			fault, valid = "is no scope of Segment's", []string{"destination/SLUG", "workspace", "workspace:read"}
		}
	case RedirectURL, IDURL, APIURL:
		fault = urlFault(value)
	case Store:
		if valid = []string{"keyring", "file"}; !slices.Contains(valid, value) {
			fault = "is not a store"
		}
	case Output:
		if valid = []string{"table", "json", "yaml", "tsv"}; !slices.Contains(valid, value) {
			fault = "is not an output format"
		}
	default:
		return &Error{Key: key, Msg: "unknown setting", Valid: Keys()}
	}
	if fault == "" {
		return nil
	}
	return &Error{Key: key, Msg: key + " " + fault, Valid: valid}
}

// CheckProfile returns an [*Error] if name cannot be a profile's. It becomes part of file names and keyring accounts.
func CheckProfile(name string) error {
	plain := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("._-", r)
	}
	odd := strings.ContainsFunc(name, func(r rune) bool { return !plain(r) })
	if odd || name == "" || len(name) > 64 || strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") {
		return &Error{Key: Profile, Msg: "a profile's name is up to 64 letters, digits, '.', '_' and '-', with no dot at its ends"}
	}
	return nil
}

func isScope(s string) bool {
	if s == "workspace" || s == "workspace:read" {
		return true
	}
	slug, ok := strings.CutPrefix(s, "destination/")
	return ok && slug != "" && slug != "." && slug != ".." && !strings.ContainsFunc(slug, func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r) || strings.ContainsRune("/?#%\\", r)
	})
}

// urlFault says in words why secrets may not be sent to a URL, or returns "".
func urlFault(s string) string {
	u, err := url.Parse(s)
	switch {
	case err != nil, u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "":
		return "must be an absolute http(s) URL"
	case u.User != nil:
		return "must not hold a user name or password"
	case u.Fragment != "":
		return "must not have a fragment"
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return "must be https: plain http is for this machine only"
	}
	return ""
}

func isLoopbackURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && urlFault(s) == "" && isLoopback(u.Hostname())
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
