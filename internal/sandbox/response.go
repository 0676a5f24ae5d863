package sandbox

import (
	"encoding/json"
	"net/http"
)

// json answers with a body as JSON.
func (x *exchange) json(status int, body any) {
	x.header.Set("Content-Type", "application/json")
	x.header.Set("X-Content-Type-Options", "nosniff")
	x.status = status
	enc := json.NewEncoder(&x.answer)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		x.answer.Reset()
		x.text(http.StatusInternalServerError, err.Error())
	}
}

// text answers with plain text.
func (x *exchange) text(status int, body string) {
	x.header.Set("Content-Type", "text/plain")
	x.status = status
	x.answer.WriteString(body)
}

// redirect sends the browser to location.
func (x *exchange) redirect(location string) {
	x.header.Set("Location", location)
	x.header.Set("Cache-Control", "no-store")
	x.status = http.StatusFound
	if x.r.Method == http.MethodPost {
		x.status = http.StatusSeeOther
	}
}

// asset answers with a stylesheet or a script, which browsers may keep for a while.
func (x *exchange) asset(kind, body string) {
	x.header.Set("Cache-Control", "max-age=600")
	x.header.Set("Content-Type", kind+"; charset=utf-8")
	_, _ = x.Write([]byte(body))
}
