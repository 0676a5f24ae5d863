package segment

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

const (
	// maxMessage bounds the message of an error, in bytes.
	maxMessage = 300
	// minSecret is the length from which a value is looked for; a shorter one would be found in any text.
	minSecret = 4

	redacted = "[redacted]"
)

// secrets are the values of one request that nothing said of its answer may show, even when the server repeats them.
type secrets []string

// secretsOf collects the token, the password with its Basic form, and the secrets in the body.
func secretsOf(r *Request, token string) secrets {
	known := secrets{token, r.Password}
	if r.Username != "" {
		known = append(known, base64.StdEncoding.EncodeToString([]byte(r.Username+":"+r.Password)))
	}
	if body, ok := exact(r.Body); ok {
		known = known.addFrom("", "", body)
	}
	return known
}

// addFrom adds the texts in a value that are secrets by the name of their field, or by the setting they are the value of.
func (s secrets) addFrom(name, typ string, value any) secrets {
	switch v := value.(type) {
	case string:
		if IsSecret(name, typ) {
			return append(s, v)
		}
	case []any:
		for _, item := range v {
			s = s.addFrom(name, typ, item)
		}
	case map[string]any:
		setting, _ := v["name"].(string)
		settingType, _ := v["type"].(string)
		for field, item := range v {
			switch {
			case IsSecret(name, typ): // all that a secret holds is secret
				s = s.addFrom(name, typ, item)
			case field == "value" && setting != "":
				s = s.addFrom(SettingOf(setting), settingType, item)
			default:
				s = s.addFrom(field, "", item)
			}
		}
	}
	return s
}

// redact replaces the secrets in a body, as they are and as JSON and URLs spell them.
func (s secrets) redact(body []byte) []byte {
	var forms []string
	for _, secret := range s {
		if len(secret) < minSecret {
			continue
		}
		quoted, _ := json.Marshal(secret) // a string always marshals
		escaped := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(secret)
		forms = append(forms, secret, escaped, string(quoted[1:len(quoted)-1]), url.QueryEscape(secret), url.PathEscape(secret))
	}
	// A secret may be the beginning of another one, whose rest would stay.
	slices.SortFunc(forms, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	var pairs []string
	for _, form := range forms {
		pairs = append(pairs, form, redacted)
	}
	return []byte(strings.NewReplacer(pairs...).Replace(string(body)))
}

// harmless makes a text of the server fit for one line of a terminal, and bounds it to maxMessage.
func harmless(text string) string {
	const more = "…"
	var b strings.Builder
	for _, r := range strings.TrimSpace(text) {
		shown := string(r)
		switch {
		case unicode.IsSpace(r):
			shown = " "
		case !unicode.IsPrint(r):
			shown = strings.Trim(strconv.QuoteRune(r), "'")
		}
		if b.Len()+len(shown) > maxMessage-len(more) {
			return b.String() + more
		}
		b.WriteString(shown)
	}
	return b.String()
}
