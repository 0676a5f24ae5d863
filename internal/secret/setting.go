package secret

import (
	"encoding/json"
	"strings"
)

// Setting is what is known of a value besides the value. What is not known is "".
type Setting struct {
	Name        string // its own name, such as apiKey; of a full resource name the last part counts
	DisplayName string // such as "REST API Key"
	Type        string // as in the catalog or in answers: STRING, password, boolean, …
}

// IsSecret reports whether every value of the setting must be hidden: its type is PASSWORD, or its name or display name
// speaks of a secret. A boolean, a colour and a choice between values that are public are none, whatever they are called:
// useAccessToken, tokenType.
func (s Setting) IsSecret() bool {
	switch strings.ToUpper(s.Type) {
	case "PASSWORD":
		return true
	case "BOOLEAN", "COLOR", "SELECT":
		return false
	}
	return isSecretName(lastPart(s.Name)) || isSecretLabel(s.DisplayName)
}

// Holds reports whether a value of the setting must be hidden, or a part of it: because the setting is secret, or because
// of what the value is or holds, such as a URL with a password, a webhook with a token in its path, a header named
// Authorization, or any of them in a JSON document inside a string.
func (s Setting) Holds(value json.RawMessage) bool {
	if s.IsSecret() {
		return true
	}
	decoded, err := decode(value)
	if err != nil {
		return false
	}
	w := &walker{replace: Mask}
	w.value(decoded, 0)
	return w.changed
}

// Mask returns what may be shown of a value: the same value with each secret text in it as [Mask] shows it. Where the
// setting itself is secret that is every text and number; booleans, null and the names of a map's entries stay. A value
// without secrets is returned as it is, and one that is not JSON is masked as a text.
func (s Setting) Mask(value json.RawMessage) json.RawMessage {
	if strings.TrimSpace(string(value)) == "" {
		return value
	}
	w := &walker{replace: Mask}
	decoded, err := decode(value)
	if err != nil {
		return encode(Mask(string(value)))
	}
	shown := w.setting(s, decoded, 0)
	if !w.changed {
		return value
	}
	return encode(shown)
}

// Texts returns the secret texts in a value, for [Redactor.Learn].
func (s Setting) Texts(value json.RawMessage) []string {
	decoded, err := decode(value)
	if err != nil {
		if text := strings.TrimSpace(string(value)); text != "" && s.IsSecret() {
			return []string{text}
		}
		return nil
	}
	w := &walker{replace: Mask}
	w.setting(s, decoded, 0)
	return w.texts()
}

// lastPart returns what follows the last slash of a resource name, or a name without slashes as it is.
func lastPart(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }
