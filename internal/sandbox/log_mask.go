package sandbox

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
)

// newQuery copies a query for the log, as far as that will show it. Of a long one whole fields are left out, because the
// secrets in a part of one cannot be told.
func newQuery(query string) string {
	if len(query) > maxLogged {
		query = query[:max(0, strings.LastIndexByte(query[:maxLogged], '&'))] + "&…"
	}
	return strings.Clone(query)
}

// queryForLog masks the secrets of a query, and keeps its order. A challenge is one, too: with the method "plain" it is the
// code verifier.
func queryForLog(query string) string {
	fields := strings.Split(query, "&")
	for i, field := range fields {
		name, value, ok := strings.Cut(field, "=")
		if !ok {
			name, value = "", field
		}
		plain := unescape(value)
		switch {
		case value == "":
		case ok && (isSecret(unescape(name)) || snake(unescape(name)) == "code_challenge"):
			value = masked
		case maskText(plain, 0) != plain:
			value = url.QueryEscape(maskText(plain, 0))
		}
		fields[i] = value
		if ok {
			fields[i] = name + "=" + value
		}
	}
	return cut(strings.Join(fields, "&"), logBody)
}

// bodyForLog masks the secrets of a JSON or form body. What is neither is not kept: nobody can say what is in it.
func bodyForLog(contentType string, body []byte) string {
	if len(body) == 0 {
		return ""
	}
	if len(body) > maxLogged {
		return "(too long to show)"
	}
	var text string
	var value any
	switch {
	case json.Unmarshal(body, &value) == nil || json.Unmarshal(doubleQuoted(body), &value) == nil:
		b, _ := json.Marshal(maskSecrets(value, 0)) // it came from JSON
		text = string(b)
	case strings.IndexAny(string(bytes.TrimSpace(body)), "{[") == 0:
		return "(malformed)" // curl calls everything a form: the whole of it would be the name of a field
	case strings.HasPrefix(contentType, "application/x-www-form-urlencoded"):
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return "(malformed)"
		}
		for field, values := range form {
			for i, value := range values {
				if isSecret(field) && value != "" {
					values[i] = masked
				} else {
					values[i] = maskText(value, 0)
				}
			}
		}
		text = form.Encode()
	case strings.HasPrefix(contentType, "text/plain"):
		text = maskText(string(body), 0)
	default:
		return "(not shown)"
	}
	return cut(text, logBody)
}
