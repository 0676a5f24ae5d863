package conformance

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What counts of two answers is compared, and nothing of it is a value.
func TestDifferences(t *testing.T) {
	t.Parallel()
	const kind = "application/json"
	answer := func(status int, contentType, body string) Answer {
		return Answer{status, http.Header{"Content-Type": {contentType}}, []byte(body)}
	}
	for name, c := range map[string]struct {
		sandbox, server Answer
		want            string
	}{
		"other values":     {answer(200, kind, `{"a":"x","b":[1]}`), answer(200, kind+"; charset=utf-8", `{"a":"canary","b":[2,3]}`), ""},
		"a type":           {answer(200, kind, `{"a":"x"}`), answer(200, kind, `{"a":7}`), "field a: string in the sandbox, number there"},
		"a missing field":  {answer(200, kind, `{"a":{"b":1}}`), answer(200, kind, `{"a":{}}`), "field a.b: number in the sandbox, none there"},
		"another field":    {answer(200, kind, `{}`), answer(200, kind, `{"z":true}`), "field z: none in the sandbox, boolean there"},
		"null":             {answer(200, kind, `{"a":[]}`), answer(200, kind, `{"a":null}`), "field a: list in the sandbox, null there"},
		"an empty list":    {answer(200, kind, `{"a":[{"b":1}]}`), answer(200, kind, `{"a":[]}`), ""},
		"items of lists":   {answer(200, kind, `{"a":[{"b":1}]}`), answer(200, kind, `{"a":[{"b":1},{"c":1}]}`), "field a[].c: none in the sandbox, number there"},
		"mixed items":      {answer(200, kind, `{"a":["x"]}`), answer(200, kind, `{"a":["x",1,null]}`), "field a[]: string in the sandbox, null or number or string there"},
		"settings":         {answer(200, kind, `{"config":[{"value":"x"}]}`), answer(200, kind, `{"config":[{"value":{"canary":1}}]}`), ""},
		"labels":           {answer(200, kind, `{"labels":{}}`), answer(200, kind, `{"labels":{"canary":"x"}}`), ""},
		"a status":         {answer(404, kind, `{"error":"x","code":5}`), answer(400, kind, `{"error":"y","code":5}`), "status: 404 in the sandbox, 400 there; text: X in the sandbox, Y there"},
		"a code":           {answer(404, kind, `{"error":"x","code":5}`), answer(404, kind, `{"error":"x","code":3}`), "code: 5 in the sandbox, 3 there"},
		"texts alone":      {answer(404, kind, `{"error":"x","code":5}`), answer(404, kind, `{"error":"y","code":5}`), ""},
		"a content type":   {answer(200, kind, `{}`), answer(200, "text/html", `{}`), "header Content-Type: application/json in the sandbox, text/html there"},
		"a body":           {answer(503, "text/plain", "upstream"), answer(503, "text/plain", `{}`), "body: text in the sandbox, JSON there"},
		"error and answer": {answer(200, kind, `{"a":1}`), answer(400, kind, `{"error":"y","code":3}`), "status: 200 in the sandbox, 400 there; code: none in the sandbox, 3 there; text: none in the sandbox, Y there"},
	} {
		var said []string
		for _, d := range Differences(Case{}, Observe(Case{}, c.sandbox, 0), Observe(Case{}, c.server, 0), strings.ToUpper) {
			said = append(said, d.String())
		}
		if diff := cmp.Diff(c.want, strings.Join(said, "; ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Only what carries a placeholder is sent, and a case that needs no fresh destination leaves an old one as it is.
func TestCasesWriteToTheDestinationAlone(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, c := range Cases() {
		if names[c.Name] || c.Claim == "" || c.Source == "" || strings.Trim(c.Source, "DAPSCGH? ") != "" {
			t.Errorf("%s: not one of its name, or without a claim and its source", c.Name)
		}
		names[c.Name] = true
		switch {
		case c.Method != http.MethodGet && !c.Writes:
			t.Errorf("%s: %s is not said to write", c.Name, c.Method)
		case !c.Writes:
		case c.Method == http.MethodPost && (c.Path != "{source}/destinations" || !strings.Contains(c.Body, `"name":"{destination}"`)):
			t.Errorf("%s creates something else", c.Name)
		case c.Method != http.MethodPost && c.Path != "{destination}":
			t.Errorf("%s writes to %s", c.Name, c.Path)
		case c.Method == http.MethodDelete && c.Needs != Fresh:
			t.Errorf("%s deletes what was there", c.Name)
		}
	}
}
