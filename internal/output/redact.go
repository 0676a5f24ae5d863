package output

import (
	"encoding/base64"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// redacted stands where a secret stood. It is the same in a URL, a form and JSON.
const redacted = "REDACTED"

// minimumKnown is how long a secret must be, in bytes, to be looked for by value: a shorter one would take harmless
// text with it.
const minimumKnown = 4

// A Trace remembers up to maxSeen values of at least minimumSeen bytes: a redacted field may hold a plain word, such as
// "cloud", which says nothing elsewhere.
const (
	minimumSeen = 8
	maxSeen     = 1000
)

// isSecretField tells by its name whether a field of a body or a query holds a secret.
func isSecretField(name string) bool {
	name = strings.NewReplacer("_", "", "-", "", ".", "").Replace(strings.ToLower(name))
	switch name {
	case "tokentype", "tokenttl", "pagetoken", "nextpagetoken":
		return false
	case "code", "state", "devicecode", "usercode", "writekeys", "writekey", "consentchallenge", "loginchallenge", "authorization", "assertion":
		return true
	}
	for _, part := range []string{"token", "secret", "password", "passwd", "apikey", "privatekey", "credential", "verifier"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// body returns the text of a body for the trace.
func (t *Trace) body(contentType string, body []byte, size int64) string {
	if size == 0 {
		return ""
	}
	media, _, _ := mime.ParseMediaType(contentType)
	switch {
	case size > maxTracedBody:
	case media == "application/x-www-form-urlencoded":
		if form, err := url.ParseQuery(string(body)); err == nil {
			return t.redactForm(form)
		}
	case media == "application/json" || strings.HasSuffix(media, "+json"):
		if value, err := decode(body); err == nil {
			if raw, err := marshal(t.redactJSON(value)); err == nil {
				return strings.TrimSpace(string(raw))
			}
		}
	}
	return sizeOnly(media, size)
}

func (t *Trace) redactForm(form url.Values) string {
	for name, values := range form {
		if isSecretField(name) {
			for i, value := range values {
				t.remember(value)
				values[i] = redacted
			}
		}
	}
	return form.Encode()
}

// redactURLText is redactURL for text that may be no URL.
func (t *Trace) redactURLText(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return redacted
	}
	return t.redactURL(u)
}

func (t *Trace) redactURL(u *url.URL) string {
	shown := *u
	shown.User = nil
	shown.Fragment, shown.RawFragment = "", ""
	if u.RawQuery != "" {
		query, err := url.ParseQuery(u.RawQuery)
		if err != nil {
			shown.RawQuery = redacted
		} else {
			shown.RawQuery = t.redactForm(query)
		}
	}
	return shown.String()
}

// redactJSON returns a decoded value without secrets: those of fields with a secret's name, and every value of a
// destination's configuration, {"name": "…/config/apiKey", "value": …}, for any of them may be one.
func (t *Trace) redactJSON(value any) any {
	switch v := value.(type) {
	case map[string]any:
		name, _ := v["name"].(string)
		setting := strings.Contains(name, "/config/")
		for key, field := range v {
			if setting && key == "value" || isSecretField(key) && !isErrorCode(key, field) {
				v[key] = t.redactWhole(field)
			} else {
				v[key] = t.redactJSON(field)
			}
		}
	case []any:
		for i := range v {
			v[i] = t.redactJSON(v[i])
		}
	}
	return value
}

// isErrorCode tells the "code" of the Config API's errors, a small number, from an authorization code.
func isErrorCode(key string, value any) bool {
	number, ok := value.(json.Number)
	return ok && key == "code" && len(number) <= 3
}

// redactWhole redacts a field with all that is in it, and remembers the texts.
func (t *Trace) redactWhole(value any) any {
	switch v := value.(type) {
	case nil:
		return nil
	case string:
		if v == "" {
			return ""
		}
		t.remember(v)
	case []any:
		for _, element := range v {
			t.redactWhole(element)
		}
	case map[string]any:
		for _, element := range v {
			t.redactWhole(element)
		}
	}
	return redacted
}

// rememberCredentials learns the token or the password of a request: a server may send it back where nobody expects it.
func (t *Trace) rememberCredentials(req *http.Request) {
	scheme, value, _ := strings.Cut(req.Header.Get("Authorization"), " ")
	t.remember(value)
	if _, password, ok := req.BasicAuth(); ok && strings.EqualFold(scheme, "Basic") {
		t.remember(password)
		if decoded, err := url.QueryUnescape(password); err == nil { // RFC 6749 §2.3.1
			t.remember(decoded)
		}
	}
}

// remember adds a secret to those redacted from now on wherever they appear.
func (t *Trace) remember(secret string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seen == nil {
		t.seen = map[string]bool{}
	}
	if len(secret) >= minimumSeen && len(t.seen) < maxSeen {
		t.seen[secret] = true
	}
}

// encodings returns a secret in each form that it can have in URLs, forms, JSON and Basic authentication.
func encodings(secret string) []string {
	forms := []string{secret, url.QueryEscape(secret), url.PathEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret))}
	if raw, err := marshal(secret); err == nil {
		forms = append(forms, strings.Trim(strings.TrimSpace(string(raw)), `"`))
	}
	slices.Sort(forms)
	return slices.Compact(forms)
}
