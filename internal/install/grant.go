package install

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Grant is the answer of Segment's token endpoints ("Enable with Segment" guide): to the exchange of a code, and to a
// refresh, which leaves SourceNames out.
type Grant struct {
	AccessToken    string
	TokenType      string
	ExpiresIn      int64 // seconds
	Scope          string
	AppName        string
	InstallName    string
	WorkspaceNames []string
	SourceNames    []string
}

// GrantError says which part of a Grant cannot be used.
type GrantError struct {
	Field   string // as on the wire: "access_token", "install_name", …; "" when the whole is at fault
	Problem string
}

func (e *GrantError) Error() string {
	if e.Field == "" {
		return "token answer " + e.Problem
	}
	return fmt.Sprintf("token answer: %s %s", e.Field, e.Problem)
}

const (
	// documentedLifetime is how long an install token lives by the guide. It is assumed where expires_in says nothing
	// sensible: a wrong guess costs one refused request, which is then refreshed.
	documentedLifetime = time.Hour
	longestLifetime    = 30 * 24 * time.Hour

	maxToken = 1024
	maxField = 256
)

func (g Grant) lifetime() time.Duration {
	if g.ExpiresIn <= 0 || g.ExpiresIn > int64(longestLifetime/time.Second) {
		return documentedLifetime
	}
	return time.Duration(g.ExpiresIn) * time.Second
}

func (g Grant) check() error {
	if err := checkToken(g.AccessToken); err != nil {
		return &GrantError{"access_token", err.Error()}
	}
	// RFC 6749 §7.1: a client must not use a token whose type it does not understand.
	if g.TokenType != "" && !strings.EqualFold(g.TokenType, "bearer") {
		return &GrantError{"token_type", "is not bearer"}
	}
	if !printable(g.Scope) {
		return &GrantError{"scope", "is not a short line of text"}
	}
	if !printable(g.AppName) {
		return &GrantError{"app_name", "is not a short line of text"}
	}
	return nil
}

// checkToken wants what can stand in an Authorization header, and in JSON without growing.
func checkToken(token string) error {
	switch {
	case token == "":
		return errors.New("is missing")
	case len(token) > maxToken:
		return fmt.Errorf("is longer than %d bytes", maxToken)
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }):
		return errors.New("contains characters that no token has")
	}
	return nil
}

func printable(s string) bool {
	return len(s) <= maxField && utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// names leaves out what is no name: nothing that the server sends may make a record unusable.
func names(list []string) []string {
	var good []string
	for _, s := range list {
		if s != "" && printable(s) {
			good = append(good, s)
		}
	}
	return good
}
