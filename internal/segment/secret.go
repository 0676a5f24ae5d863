package segment

import (
	"slices"
	"strings"
	"unicode"
)

// IsSecret reports whether the value of a setting must not be shown: its type is PASSWORD, or its name speaks of a
// secret, as apiKey, auth_token and sharedSecret do. typ may be "", if it is not known.
func IsSecret(name, typ string) bool {
	switch strings.ToUpper(typ) {
	case "PASSWORD":
		return true
	case "BOOLEAN", "COLOR", "SELECT":
		return false // useAccessToken, tokenType
	}
	words := nameWords(name)
	for i, word := range words {
		switch strings.TrimSuffix(word, "s") {
		case "secret", "token", "password", "passwd", "passphrase", "passcode", "pwd", "credential", "authorization",
			"apikey", "accesskey", "authkey", "privatekey", "secretkey", "writekey", "authtoken", "accesstoken", "apitoken":
			return true
		case "key":
			if len(words) == 1 || i > 0 && slices.Contains(keyOwners(), words[i-1]) {
				return true
			}
		}
	}
	return false
}

// keyOwners are the words that make "key" a secret, which it is not in primaryKey or eventKey.
func keyOwners() []string {
	return []string{
		"access", "account", "admin", "api", "app", "auth", "client", "consumer", "encryption", "insert", "integration", "license",
		"master", "private", "rest", "sdk", "secret", "security", "server", "service", "shared", "signing", "subscription", "write",
	}
}

// nameWords splits camelCase, APIKey, snake_case and kebab-case into lower-case words.
func nameWords(name string) []string {
	var words []string
	runes := []rune(name)
	start := 0
	cut := func(end int) {
		if end > start {
			words = append(words, strings.ToLower(string(runes[start:end])))
		}
		start = end
	}
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r):
			cut(i)
			start = i + 1
		case i > start && unicode.IsUpper(r):
			endsAcronym := i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if unicode.IsLower(runes[i-1]) || endsAcronym {
				cut(i)
			}
		}
	}
	cut(len(runes))
	return words
}

// KeyError is returned by [KeySetting] when a destination has no one setting that an API key could mean.
type KeyError struct {
	Candidates []string // names of settings that may be meant, in catalog order; may be empty
}

func (e *KeyError) Error() string {
	if len(e.Candidates) == 0 {
		return "the destination has no setting for an API key"
	}
	return "the destination has no single setting for an API key; it has " + strings.Join(e.Candidates, ", ")
}

// KeySetting returns the setting that an API key given without a name is for: apiKey where there is one, or else the only
// required setting that is a secret. Failing that, the error is a [*KeyError].
func KeySetting(settings []Setting) (Setting, error) {
	var secrets, required, requiredSecrets []Setting
	for _, s := range settings {
		secret := IsSecret(s.Name, s.Type)
		switch {
		case s.Name == "apiKey":
			return s, nil
		case secret && s.Required:
			requiredSecrets = append(requiredSecrets, s)
		case secret:
			secrets = append(secrets, s)
		case s.Required:
			required = append(required, s)
		}
	}
	if len(requiredSecrets) == 1 {
		return requiredSecrets[0], nil
	}
	err := &KeyError{}
	for _, candidates := range [][]Setting{requiredSecrets, secrets, required} {
		if len(candidates) == 0 {
			continue
		}
		for _, s := range candidates {
			err.Candidates = append(err.Candidates, s.Name)
		}
		break
	}
	return Setting{}, err
}
