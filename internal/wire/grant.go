package wire

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Grant is the answer of Segment's token endpoints ("Enable with Segment" guide): to the exchange of a code, and to a
// refresh, which leaves SourceNames out. What the answer leaves out is empty. Printed, it shows no token.
type Grant struct {
	AccessToken    string
	Lifetime       time.Duration // of expires_in; the documented hour where that says nothing sensible
	Scope          Scope         // "" where the answer has none: then it is the one that was asked for (RFC 6749 §5.1)
	AppName        string        // "apps/2"
	InstallName    string        // canonical, "installs/7"; "" where the answer has none
	WorkspaceNames []string
	SourceNames    []string
}

// String names the install, without the token.
func (g Grant) String() string { return "grant of " + g.InstallName }

// GoString is String.
func (g Grant) GoString() string { return g.String() }

// GrantError says which part of a token endpoint's answer cannot be used. It never quotes the answer.
type GrantError struct {
	Field   string // as on the wire: "access_token", "install_name", …; "" when the whole is at fault
	Problem string // completes the sentence "access_token …"
}

func (e *GrantError) Error() string {
	if e.Field == "" {
		return "the token answer " + e.Problem
	}
	return fmt.Sprintf("the token answer's %s %s", e.Field, e.Problem)
}

const (
	// documentedLifetime is how long an install token lives by the guide. A wrong guess costs one refused request.
	documentedLifetime = time.Hour
	longestLifetime    = 30 * 24 * time.Hour

	maxToken = 1024 // bytes
	maxField = 256  // bytes
)

// DecodeGrant reads the body of a successful answer (RFC 6749 §5.1). Servers are taken as leniently as a token can be
// used: a field of a wrong type counts as absent, expires_in may be 3599, 3599.0, 3.6e3 or "3599", and names that are no
// names are left out. The error is a *GrantError.
func DecodeGrant(body []byte) (Grant, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return Grant{}, &GrantError{"", "is not a JSON object"}
	}
	text := func(name string) string {
		var s string
		if json.Unmarshal(fields[name], &s) != nil {
			return ""
		}
		return s
	}
	g := Grant{
		AccessToken:    text("access_token"),
		Lifetime:       lifetime(fields["expires_in"]),
		Scope:          Scope(text("scope")),
		AppName:        text("app_name"),
		WorkspaceNames: names(fields["workspace_names"]),
		SourceNames:    names(fields["source_names"]),
	}
	if err := CheckToken(g.AccessToken); err != nil {
		return Grant{}, &GrantError{"access_token", err.Error()}
	}
	// RFC 6749 §7.1: a client must not use a token whose type it does not understand.
	if kind := text("token_type"); kind != "" && !strings.EqualFold(kind, "bearer") {
		return Grant{}, &GrantError{"token_type", "is not bearer"}
	}
	if g.Scope != "" && !isField(string(g.Scope)) {
		return Grant{}, &GrantError{"scope", "is not a short line of text"}
	}
	if g.AppName != "" && !isField(g.AppName) {
		g.AppName = ""
	}
	if name := text("install_name"); name != "" {
		var err error
		if g.InstallName, err = ParseInstallName(name); err != nil {
			return Grant{}, &GrantError{"install_name", "is not the name of an install"}
		}
	}
	return g, nil
}

// lifetime reads expires_in.
func lifetime(raw json.RawMessage) time.Duration {
	seconds, err := strconv.ParseFloat(strings.Trim(string(raw), `"`), 64)
	if err != nil || !(seconds > 0) || seconds > longestLifetime.Seconds() {
		return documentedLifetime
	}
	return time.Duration(seconds * float64(time.Second)).Truncate(time.Millisecond)
}

// names reads a list of resource names and leaves out what is none: nothing that a server sends beside a token may make
// the token unusable.
func names(raw json.RawMessage) []string {
	var all []json.RawMessage
	if json.Unmarshal(raw, &all) != nil {
		return nil
	}
	var good []string
	for _, item := range all {
		var name string
		if json.Unmarshal(item, &name) == nil && isResourceName(name) {
			good = append(good, name)
		}
	}
	return good
}

// isResourceName reports whether every part of a name is an id.
func isResourceName(name string) bool {
	if len(name) > maxField {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if CheckID(part) != nil {
			return false
		}
	}
	return true
}

// isField reports whether a text is a short line of visible ASCII, as scopes and names are.
func isField(s string) bool {
	return s != "" && len(s) <= maxField && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// tokenError is why a text cannot be a token. It completes the sentence "the token …".
type tokenError string

func (e tokenError) Error() string { return string(e) }

// CheckToken returns an error unless a text can stand in an Authorization header, and in JSON without growing. The error
// completes the sentence "the token …" and does not quote it.
func CheckToken(token string) error {
	switch {
	case token == "":
		return tokenError("is missing")
	case len(token) > maxToken:
		return tokenError(fmt.Sprintf("is longer than %d bytes", maxToken))
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }):
		return tokenError("contains characters that no token has")
	}
	return nil
}
