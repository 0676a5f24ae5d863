package sandbox

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// This file judges what the request log and the dashboard must not show. It knows nothing of the judge of the command
// line, so that a mistake in one is not in the other too; internal/secret/testdata/cases.json tests both.

// masked stands where a secret stood.
const masked = "********"

const (
	maxNesting = 100 // how deep a document is judged, with what is inside its strings; below, all is masked
	ownedKeys  = `(access|account|admin|api|app|auth|branch|client|connection|consumer|dev|encryption|insert|integration|license` +
		`|master|private|project|read|repeat|rest|sdk|secret|security|send|server|service|shared|signing|subscription|workspace|write)_?keys?`
)

// secretPatterns are those of names in snake case, and of texts.
type secretPatterns struct {
	hump, acronym, separator       *regexp.Regexp
	harmless, within, word, anyKey *regexp.Regexp
	oauth, signature               *regexp.Regexp

	texts        []*regexp.Regexp // each with the secret as its last group
	url, version *regexp.Regexp
}

var patterns = sync.OnceValue(func() *secretPatterns {
	return &secretPatterns{
		hump:      regexp.MustCompile(`([a-z])([A-Z])`),
		acronym:   regexp.MustCompile(`([A-Z])([A-Z][a-z])`),
		separator: regexp.MustCompile(`[^a-z]+`),
		// Names that only speak of a secret, and keys that are none.
		harmless: regexp.MustCompile(`keywords?|keyboard|page_?tokens?|(token|password|secret|authorization|credential|key)s?_?` +
			`(types?|type_?hint|names?|ttl|ur[li]|endpoint|lifetime|length|format|count|limit|policy|hint|issuer|mappings?)$` +
			`|tokeni[zs]\w*|tokens?_?expir\w*` +
			`|(^|_)(primary|event|foreign|sort|partition|unique|public|property|properties|traits?|attribute|column|field|row|record|cache` +
			`|dedup\w*|dimension|metric|label|tag|group|map|mapping|json|object|lookup|join|query|param|parameter|header|context` +
			`|hot|an?|the|this|these|those|as|by|of|or|and|to|for|with|each|every|is|are|use)_keys?(_|$)`),
		within: regexp.MustCompile(`secret|token|passw(or)?d|passphrase|passcode|credential|authorization|bearer|basic_?auth|connection_?string|` +
			ownedKeys),
		word:      regexp.MustCompile(`(^|_)(jwts?|pwds?|dsn)(_|$)|(^|_)(pass|o?auth)$|^(set_)?cookie$|^keys?$`),
		anyKey:    regexp.MustCompile(`[a-z]_keys?(_|$)`),
		oauth:     regexp.MustCompile(`^(code|state|(device|user|auth)_?code|(code|consent|login|logout)_?verifier|(consent|login|logout)_?challenge|(client_?)?assertion|saml_?response|csrf(_?token|_?value)?)$`),
		signature: regexp.MustCompile(`^(sig|signature|hmac|x_(amz|goog)_signature)$`),
		texts: []*regexp.Regexp{
			regexp.MustCompile(`(?s)(-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*)`),
			regexp.MustCompile(`(eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?)`),
			regexp.MustCompile(`([\w-]{43}\.[\w-]{43})`),
			regexp.MustCompile(`\b((?:[sr]k[-_]|xox[a-z]-|gh[opsu]_|glpat-|AKIA|AIza|SG\.|shp[a-z]{2}_)[\w.-]{16,})`),
			regexp.MustCompile(`(?i)^\s*bearer\s+(\S+)\s*$`),
			regexp.MustCompile(`(?i)\b(?:bearer|basic|token|digest|apikey)\s+([\w.~+/:-]*[a-z][\w.~+/:-]*\d[\w.~+/:-]*=*|[\w.~+/:-]*\d[\w.~+/:-]*[a-z][\w.~+/:-]*=*)`),
		},
		url:     regexp.MustCompile(`(?:[A-Za-z][A-Za-z0-9+.-]*:)?//\S*`),
		version: regexp.MustCompile(`^v\d`),
	}
})

// snake writes appsFlyerDevKey, APIKey and X-Api-Key as apps_flyer_dev_key, api_key and x_api_key.
func snake(name string) string {
	p := patterns()
	name = p.acronym.ReplaceAllString(p.hump.ReplaceAllString(name, "${1}_${2}"), "${1}_${2}")
	return strings.Trim(p.separator.ReplaceAllString(strings.ToLower(name), "_"), "_")
}

// isSecretName judges the name of a setting. Capitals can be anywhere, as in APIkey, so that it is judged without them too.
func isSecretName(name string) bool {
	p := patterns()
	words := p.harmless.ReplaceAllString(snake(name), "_")
	joined := p.harmless.ReplaceAllString(strings.ReplaceAll(snake(name), "_", ""), "_")
	return p.within.MatchString(words) || p.within.MatchString(joined) && p.within.MatchString(strings.ReplaceAll(words, "_", "")) ||
		p.word.MatchString(words) || p.anyKey.MatchString(words)
}

// isSecretLabel judges a display name, which can be a sentence.
func isSecretLabel(label string) bool {
	label, _, _ = strings.Cut(label, "(")
	p := patterns()
	words := p.harmless.ReplaceAllString(snake(label), "_")
	return p.within.MatchString(words) || p.word.MatchString(words) || strings.HasSuffix(words, "_key") || strings.HasSuffix(words, "_keys")
}

// isSecretSetting judges a setting by what is known of it.
func isSecretSetting(name, label, kind string) bool {
	switch strings.ToLower(kind) {
	case "password":
		return true
	case "boolean", "color", "select":
		return false
	}
	return isSecretName(lastWord(name)) || isSecretLabel(label)
}

// isSecret judges the name of a field of a form or a document, where OAuth has names of its own.
func isSecret(name string) bool {
	return patterns().oauth.MatchString(snake(name)) || isSecretName(name)
}

// maskSetting returns the value of a setting without its secrets.
func maskSetting(name, label, kind string, value any) any {
	if isSecretSetting(name, label, kind) {
		return maskWhole(value)
	}
	return maskSecrets(value, 0)
}

// settingForPage returns the value of a setting as one line, without secrets.
func settingForPage(e configEntry) string {
	var value any
	if json.Unmarshal(e.Value, &value) != nil {
		return masked
	}
	shown := maskSetting(e.Name, e.DisplayName, e.Type, value)
	if text, ok := shown.(string); ok {
		return text
	}
	b, _ := json.Marshal(shown) // it came from JSON
	return string(b)
}

// maskSecrets returns a decoded document without secrets. Objects of a name and a value, as the entries of a configuration
// are, are judged by that name. An entry that a client wrote has no label and no type: its texts are masked, for nobody
// can say what they are.
func maskSecrets(value any, depth int) any {
	if depth > maxNesting {
		return maskWhole(value)
	}
	switch v := value.(type) {
	case map[string]any:
		shown := make(map[string]any, len(v))
		entry := entryName(v)
		label, _ := v["display_name"].(string)
		kind, _ := v["type"].(string)
		for field, inner := range v {
			number, isNumber := inner.(float64)
			switch {
			case entry != "" && field == "value" && (isSecretSetting(v[entry].(string), label, kind) ||
				label == "" && kind == "" && strings.Contains(v[entry].(string), "/config/")):
				inner = maskWhole(inner)
			case field == entry, entry != "" && field == "value", field == "code" && isNumber && number < 1000:
				inner = maskSecrets(inner, depth+1)
			case isSecret(field):
				inner = maskWhole(inner)
			default:
				inner = maskSecrets(inner, depth+1)
			}
			shown[maskText(field, depth+1)] = inner
		}
		return shown
	case []any:
		shown := make([]any, len(v))
		for i, inner := range v {
			shown[i] = maskSecrets(inner, depth+1)
		}
		return shown
	case string:
		return maskText(v, depth)
	}
	return value
}

// entryName returns which field of an object names its value, if one does.
func entryName(object map[string]any) string {
	if _, ok := object["value"]; ok {
		for _, field := range []string{"name", "key", "header"} {
			if _, ok := object[field].(string); ok {
				return field
			}
		}
	}
	return ""
}

// maskWhole masks every text and number of a value.
func maskWhole(value any) any {
	switch v := value.(type) {
	case map[string]any:
		shown := make(map[string]any, len(v))
		for field, inner := range v {
			shown[maskText(field, 0)] = maskWhole(inner)
		}
		return shown
	case []any:
		shown := make([]any, len(v))
		for i, inner := range v {
			shown[i] = maskWhole(inner)
		}
		return shown
	case string:
		if v == "" {
			return ""
		}
		return masked
	case float64, json.Number:
		return masked
	}
	return value
}

// unescape decodes percent-encoding, as far as it is any.
func unescape(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}
