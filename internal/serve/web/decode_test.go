package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// What is wrong with a body is said with the field's name, and never with a value: it may be a key in the wrong place.
func TestStrictBodies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body   string
		status int
		field  string
	}{
		"empty":               {``, 415, ""},
		"no object":           {`["` + theKey + `"]`, 400, ""},
		"a string":            {`"` + theKey + `"`, 400, ""},
		"null":                {`null`, 400, ""},
		"half":                {`{"customer":"acme","settings":{"api_key":"` + theKey, 400, ""},
		"half a name":         {`{"customer":"acme","` + theKey, 400, ""},
		"a comma too many":    {`{"customer":"acme",}`, 400, ""},
		"single quotes":       {`{'customer':'acme'}`, 400, ""},
		"two values":          {`{"customer":"acme"}{"customer":"globex"}`, 400, ""},
		"something after":     {`{"customer":"acme"} x`, 400, ""},
		"an unknown field":    {`{"customer":"acme","api_key":"` + theKey + `"}`, 400, "api_key"},
		"a key for a name":    {`{"customer":"acme","` + theKey + `":1}`, 400, ""},
		"another case":        {`{"Customer":"acme"}`, 400, "Customer"},
		"twice":               {`{"customer":"acme","customer":"globex"}`, 400, "customer"},
		"twice, escaped":      {`{"customer":"acme","c\u0075stomer":"globex"}`, 400, "customer"},
		"a number":            {`{"customer":7}`, 400, "customer"},
		"null for a string":   {`{"customer":null}`, 400, "customer"},
		"an object":           {`{"customer":{"name":"` + theKey + `"}}`, 400, "customer"},
		"settings: a list":    {`{"customer":"acme","settings":["` + theKey + `"]}`, 400, "settings"},
		"settings: null":      {`{"customer":"acme","settings":null}`, 400, "settings"},
		"settings: a string":  {`{"customer":"acme","settings":"` + theKey + `"}`, 400, "settings"},
		"settings: twice":     {`{"customer":"acme","settings":{"api_key":"a","api_key":"` + theKey + `"}}`, 400, "settings"},
		"return URL: a list":  {`{"customer":"acme","return_url":["https://partner.example"]}`, 400, "return_url"},
		"not UTF-8":           {"{\"customer\":\"\xff\"}", 400, ""},
		"a byte order mark":   {"\ufeff{\"customer\":\"acme\"}", 400, ""},
		"just small enough":   {`{"customer":"acme","label":"` + strings.Repeat("x", maxBody-40) + `"}`, 201, ""},
		"too large":           {`{"customer":"acme","label":"` + strings.Repeat("x", maxBody) + `"}`, 413, ""},
		"too large, by space": {strings.Repeat(" ", maxBody+1) + `{"customer":"acme"}`, 413, ""},
	} {
		for _, path := range []string{"/v1/links", "/v1/installs/7/reconnect"} {
			t.Run(name+path, func(t *testing.T) {
				t.Parallel()
				s := newStage(t)
				w := s.serve(s.backend(http.MethodPost, path, c.body))
				status := c.status
				if c.body == "" && path != "/v1/links" {
					status = http.StatusCreated // which needs none
				}
				if w.Code != status {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
				if status == http.StatusCreated {
					return
				}
				if e := refused(t, w); e.Field != c.field {
					t.Errorf("field %q, want %q: %s", e.Field, c.field, e.Message)
				}
				if len(s.engine.asked) > 0 || strings.Contains(w.Body.String()+s.log.String(), theKey) {
					t.Errorf("asked %v, answered %s, logged %s", s.engine.asked, w.Body, s.log)
				}
			})
		}
	}
}

func TestContentType(t *testing.T) {
	t.Parallel()
	for contentType, want := range map[string]int{
		"application/json": 201, "application/json; charset=utf-8": 201, "Application/JSON": 201,
		"": 415, "text/plain": 415, "application/x-www-form-urlencoded": 415, "application/json, text/plain": 415, "json": 415,
	} {
		s := newStage(t)
		r := s.backend(http.MethodPost, "/v1/links", `{"customer":"acme"}`)
		r.Header.Set("Content-Type", contentType)
		if w := s.serve(r); w.Code != want {
			t.Errorf("%q: %d %s", contentType, w.Code, w.Body)
		}
	}
}

func TestStrictQueries(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.ledger.connections, s.store = connections(1)
	for query, field := range map[string]string{
		"limit=0": "limit", "limit=201": "limit", "limit=": "limit", "limit=x": "limit", "limit=1&limit=2": "limit",
		"limit=1e1": "limit", "after=1&after=2": "after", "page=2": "page", "token=" + theToken: "token", theToken + "=1": "", "after=%zz": "",
		"limit=1;after=2": "",
	} {
		for _, path := range []string{"/v1/installs", "/v1/events"} {
			w := s.serve(s.backend(http.MethodGet, path+"?"+query, ""))
			if e := refused(t, w); w.Code != http.StatusBadRequest || e.Field != field || strings.Contains(w.Body.String(), theToken) {
				t.Errorf("%s?%s: %d %s", path, query, w.Code, w.Body)
			}
		}
	}
	for _, c := range []struct{ method, path string }{
		{"POST", "/v1/links"}, {"GET", "/v1/installs/000"}, {"POST", "/v1/installs/000/reconnect"}, {"POST", "/v1/events/evt_1/redeliver"},
	} {
		if w := s.serve(s.backend(c.method, c.path+"?verbose=1", "")); w.Code != http.StatusBadRequest || refused(t, w).Field != "verbose" {
			t.Errorf("%s %s: %d %s", c.method, c.path, w.Code, w.Body)
		}
	}
	for n := range 200 {
		if w := s.call("GET", fmt.Sprint("/v1/installs?limit=", n+1), ""); w.Code != http.StatusOK {
			t.Fatalf("limit %d: %d", n+1, w.Code)
		}
	}
}
