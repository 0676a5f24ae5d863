package authorize

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// maxText bounds each text of the server that is kept, in characters.
const maxText = 500

// redactor holds the values of one flow that must appear in no message, even
// when a server sends them back.
type redactor []string

func (r redactor) clean(text string) string {
	for _, secret := range r {
		if secret == "" {
			continue
		}
		for _, form := range []string{secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret))} {
			text = strings.ReplaceAll(text, form, "[redacted]")
		}
	}
	return cleanText(text)
}

// cleanText makes a text of the server harmless on a terminal, and short.
func cleanText(text string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.TrimSpace(text) {
		if n++; n > maxText {
			b.WriteString("…")
			break
		}
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}

// refusal is an error answer as it came, before it is made fit to show.
type refusal struct{ code, description, hint string }

func (r redactor) refused(stage Stage, status int, raw refusal) *Error {
	e := &Error{Stage: stage, StatusCode: status, Code: r.clean(raw.code), Description: r.clean(raw.description), Hint: r.clean(raw.hint)}
	e.Reason = classify(e)
	return e
}

// redactedError is an error whose text was cleaned and whose kind is kept.
type redactedError struct {
	text string
	err  error
}

func (e *redactedError) Error() string { return e.text }

func (e *redactedError) Unwrap() error { return e.err }
