package config

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/segctl/segctl/internal/wire"
)

// CheckValue returns an [*Error] if the setting key does not exist or cannot have the value.
func CheckValue(key, value string) error {
	_, err := checkValue(key, value)
	return err
}

// checkValue is CheckValue, and returns the value in its one spelling.
func checkValue(key, value string) (string, error) {
	fault := ""
	var valid []string
	switch key {
	case ClientID, ClientSecret:
		if value == "" || strings.ContainsFunc(value, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
			fault = "must be text without spaces or control characters"
		}
	case Scope:
		if _, err := wire.ParseScope(value); err != nil {
			fault, valid = "is no scope of Segment's", []string{"destination/SLUG", "workspace", "workspace:read"}
		}
	case RedirectURL:
		fault = redirectFault(value)
	case IDURL, APIURL:
		origin, err := wire.ParseOrigin(value)
		var refused *wire.OriginError
		if errors.As(err, &refused) {
			fault = refused.Problem
		}
		value = string(origin)
	case Store:
		if valid = Stores(); !slices.Contains(valid, value) {
			fault = "is not a store"
		}
	case DatabaseURL:
		fault = databaseFault(value)
	case SealRecipients:
		fault = recipientsFault(value)
	case SealIdentities:
		fault = identitiesFault(value)
	case Output:
		if valid = Outputs(); !slices.Contains(valid, value) {
			fault = "is not an output format"
		}
	default:
		return "", &Error{Key: key, Msg: "unknown setting", Valid: Keys()}
	}
	if fault != "" {
		return "", &Error{Key: key, Msg: key + " " + fault, Valid: valid}
	}
	return value, nil
}

// redirectFault says in words why a URL cannot be a redirect URL (RFC 6749 §3.1.2), or returns "". Whether segctl can
// listen on it is not asked here.
func redirectFault(s string) string {
	u, err := url.Parse(s)
	switch {
	case err != nil, u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "":
		return "must be an absolute http(s) URL"
	case u.User != nil:
		return "must not hold a user name or password"
	case u.Fragment != "" || strings.HasSuffix(s, "#"):
		return "must not have a fragment"
	}
	return ""
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
