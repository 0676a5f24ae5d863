package authorize

import (
	"encoding/json"
	"net/url"

	"github.com/segctl/segctl/internal/secret"
)

// maxText bounds each text of the server that is kept, in characters.
const maxText = 500

// refusal is an error answer as it came, before it is made fit to show (RFC 6749 §4.1.2.1 and §5.2; error_hint is the
// server's own). Nothing else of an answer is ever quoted: it may hold a token.
type refusal struct{ code, description, hint string }

func refusalOf(values url.Values) refusal {
	return refusal{values.Get("error"), values.Get("error_description"), values.Get("error_hint")}
}

// refusalIn reads the error fields of a JSON body. What is no JSON object, or a field of another type, counts as absent.
func refusalIn(body []byte) refusal {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return refusal{}
	}
	text := func(name string) string {
		var s string
		if json.Unmarshal(fields[name], &s) != nil {
			return ""
		}
		return s
	}
	return refusal{text("error"), text("error_description"), text("error_hint")}
}

// toError makes the refusal fit to show: without the secrets that are known, on one line and bounded.
func (r refusal) toError(stage Stage, status int, known *secret.Redactor) *Error {
	fit := func(text string) string { return secret.Brief(known.Redact(text), maxText) }
	e := &Error{Stage: stage, StatusCode: status, Code: fit(r.code), Description: fit(r.description), Hint: fit(r.hint)}
	e.Reason = reasonOf(e)
	return e
}
