package config

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/segctl/segctl/internal/seal"
)

// hiddenPassword is shown where a password stands.
const hiddenPassword = "xxxxx"

// passwordKeys are the keywords of libpq that are followed by a password, in a URL's query too.
func passwordKeys() []string { return []string{"password", "sslpassword"} }

// keyword returns the pattern of one keyword of libpq with its value: host=db, password = 'two words'.
func keyword() *regexp.Regexp {
	return regexp.MustCompile(`([A-Za-z_]+)(\s*=\s*)('(?:[^'\\]|\\.)*'|(?:[^\s\\']|\\.)*)`)
}

// isDatabaseURL reports whether a text is a URL, and not libpq's keywords.
func isDatabaseURL(s string) bool {
	return strings.HasPrefix(s, "postgres://") || strings.HasPrefix(s, "postgresql://")
}

// databaseFault says in words why a text cannot name a database, or returns "". The text is not quoted: it may hold a
// password.
func databaseFault(s string) string {
	if strings.ContainsFunc(s, unicode.IsControl) {
		return "must be one line of text"
	}
	if isDatabaseURL(s) {
		if _, err := url.Parse(s); err != nil {
			return "is a URL that cannot be read"
		}
		return ""
	}
	if strings.Contains(s, "://") || strings.TrimSpace(keyword().ReplaceAllString(s, "")) != "" || !strings.Contains(s, "=") {
		return "must be a URL such as postgres://segctl@db.example.com/segctl, or keywords such as host=db.example.com dbname=segctl"
	}
	return ""
}

// DatabasePasswords returns the passwords in what names a database, in no order.
func DatabasePasswords(s string) []string {
	_, found := splitPasswords(s)
	return found
}

// ShownDatabase returns what names a database without the passwords in it.
func ShownDatabase(s string) string {
	shown, _ := splitPasswords(s)
	return shown
}

func splitPasswords(s string) (shown string, found []string) {
	if isDatabaseURL(s) {
		return splitURL(s)
	}
	shown = keyword().ReplaceAllStringFunc(s, func(word string) string {
		parts := keyword().FindStringSubmatch(word)
		if !slices.Contains(passwordKeys(), strings.ToLower(parts[1])) || parts[3] == "" {
			return word
		}
		found = append(found, strings.Trim(parts[3], "'"))
		return parts[1] + parts[2] + hiddenPassword
	})
	return shown, found
}

func splitURL(s string) (shown string, found []string) {
	u, err := url.Parse(s)
	if err != nil {
		return hiddenPassword, nil
	}
	if password, ok := u.User.Password(); ok && password != "" {
		found = append(found, password)
		u.User = url.UserPassword(u.User.Username(), hiddenPassword)
	}
	query := u.Query()
	hidden := false
	for key, values := range query {
		if slices.Contains(passwordKeys(), strings.ToLower(key)) {
			found = append(found, values...)
			query[key], hidden = []string{hiddenPassword}, true
		}
	}
	if hidden {
		u.RawQuery = query.Encode()
	}
	if len(found) == 0 {
		return s, nil
	}
	return u.String(), found
}

// fileFault says why config.yaml may not hold a value, or returns "".
func fileFault(key, value string) string {
	if key == DatabaseURL && len(DatabasePasswords(value)) > 0 {
		return "a password, which this file must not hold: it can be in the file that PGPASSFILE names, or the whole in " +
			variableName(DatabaseURL)
	}
	return ""
}

// words splits a list that is separated by commas or white space.
func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
}

// recipientsFault says why a text is no list of recipients, or returns "".
func recipientsFault(s string) string {
	_, err := seal.New(words(s), nil)
	if e, ok := errors.AsType[*seal.Error](err); ok {
		if e.Kind == seal.NoRecipient {
			return "must name at least one age recipient, which begins with age1"
		}
		return "cannot be used: " + e.Error()
	}
	return ""
}

// identitiesFault says why a text is no list of files, or returns "".
func identitiesFault(s string) string {
	switch {
	case strings.Contains(strings.ToUpper(s), "AGE-SECRET-KEY-"):
		return "must name files, and not hold what is in them: an identity is secret"
	case strings.ContainsFunc(s, unicode.IsControl), len(paths(s)) == 0:
		return "must be paths of files, separated by commas"
	}
	return ""
}

// paths splits a list of paths that is separated by commas.
func paths(s string) []string {
	var all []string
	for path := range strings.SplitSeq(s, ",") {
		if path = strings.TrimSpace(path); path != "" {
			all = append(all, path)
		}
	}
	return all
}

// Recipients returns the recipients that secrets of the shared store are sealed to.
func (s *Settings) Recipients() []string { return words(s.Get(SealRecipients)) }

// IdentityFiles returns the files of the identities that open what is sealed.
func (s *Settings) IdentityFiles() []string { return paths(s.Get(SealIdentities)) }
