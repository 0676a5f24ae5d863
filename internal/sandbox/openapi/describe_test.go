package openapi

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// other is a description of another server than the sandbox: at the root, partly without authentication, with pictures,
// answers without a body, and slashes in ids.
const other = `
openapi: 3.1.0
x-escaped-slashes: true
servers: [{url: "https://service.example"}]
security: [{bearer: []}]
paths:
  /v1/things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      responses:
        "200": {content: {application/json: {schema: {type: object}}}}
  /logo:
    get:
      security: []
      responses:
        "200": {content: {image/png: {schema: {type: string}}, image/jpeg: {schema: {type: string}}}}
        "303": {headers: {Location: {required: true, schema: {type: string}}}}
components:
  securitySchemes: {bearer: {type: http, scheme: bearer}}
  responses:
    MethodNotAllowed: {headers: {Allow: {required: true}}, content: {text/plain: {schema: {type: string}}}}
    NoRoute: {x-status: 404, content: {text/plain: {schema: {type: string}}}}
    Elsewhere: {x-status: 421, content: {text/plain: {schema: {type: string}}}}
`

func TestOtherDescriptions(t *testing.T) {
	t.Parallel()
	s, err := read([]byte(other))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path, scheme, words string
		status              int
		contentType, body   string
	}{
		"right":                {"/v1/things/a%2Fb", "Bearer x", "", 200, "application/json", "{}"},
		"no token":             {"/v1/things/a", "", `by "", not by bearer`, 200, "application/json", "{}"},
		"one of the pictures":  {"/logo", "", "", 200, "image/png", "\x89PNG"},
		"the other picture":    {"/logo", "", "", 200, "image/jpeg", "\xff\xd8"},
		"none of the pictures": {"/logo", "", "not image/jpeg or image/png", 200, "image/gif", "GIF89a"},
		"no body":              {"/logo", "", "", 303, "", ""},
		"a body for nothing":   {"/logo", "", "a body, where there is none", 303, "text/html", "<a>"},
		"nowhere":              {"/nosuch", "", "", 404, "text/plain", "no"},
		"nowhere, elsewhere":   {"/nosuch/a", "", "", 421, "text/plain", "no"},
		"nowhere, yet there":   {"/nosuch", "", "leads nowhere", 200, "text/plain", "no"},
	} {
		r := httptest.NewRequest(http.MethodGet, c.path, nil)
		r.Header.Set("Authorization", c.scheme)
		h := http.Header{"Content-Type": {c.contentType}, "Location": {"/"}}
		x := &Exchange{Request: r, Status: c.status, Header: h, Body: []byte(c.body)}
		err := s.Answer(x)
		if err == nil && c.status == http.StatusOK && c.path != "/nosuch" {
			err = s.Request(x)
		}
		if (err == nil) != (c.words == "") || err != nil && !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: the judge said %v, want %q", name, err, c.words)
		}
	}
}
