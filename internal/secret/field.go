package secret

import (
	"encoding/json"
	"strings"
)

// IsField reports whether a field of a form, a query or a JSON document on the wire holds a secret, by its name: those of
// OAuth (code, state, code_verifier, client_secret, …), of the Config API (write_keys) and of whatever speaks of a secret
// as a setting's name does. token_type, page_token and next_page_token hold none. [Document] tells the "code" of the
// Config API's errors, a small number, from an authorization code.
func IsField(name string) bool {
	switch strings.NewReplacer("_", "", "-", "", ".", "").Replace(strings.ToLower(name)) {
	case "code", "state", "devicecode", "usercode", "authcode", "consentchallenge", "loginchallenge", "logoutchallenge",
		"consentverifier", "loginverifier", "logoutverifier", "codeverifier", "assertion", "clientassertion",
		"samlresponse", "csrf", "csrftoken", "csrfvalue":
		return true
	}
	return isSecretName(name)
}

// isQueryField is IsField for the query of a URL, where signatures are as good as passwords.
func isQueryField(name string) bool {
	switch strings.ToLower(name) {
	case "sig", "signature", "hmac", "x-amz-signature", "x-goog-signature":
		return true
	}
	return IsField(name)
}

// isErrorCode tells the "code" of the Config API's errors, a small number, from an authorization code.
func isErrorCode(key string, value any) bool {
	number, ok := value.(json.Number)
	return ok && key == "code" && len(number) <= 3
}

// learnWeak is from how many bytes on a text is learned where only a weak name says that it is a secret.
const learnWeak = 8

// isWeak reports whether a name says so little that what it names can be a plain word too. Its value is hidden where it
// stands, but hiding a word such as "name" everywhere would make all that follows unreadable.
func isWeak(name string) bool {
	switch strings.ToLower(name) {
	case "code", "state", "key", "keys", "auth", "oauth", "pass", "authorization":
		return true
	}
	return false
}
