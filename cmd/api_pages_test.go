package cmd

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/segctl/segctl/internal/segment"
)

// paged serves the pages of a list by their number, which is also their token, and returns what allPages makes of them.
func paged(t *testing.T, path string, bodies ...string) (*segment.Response, error) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := 0
		fmt.Sscan(r.URL.Query().Get("page_token"), &n)
		if n >= len(bodies) {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":"no such page","code":3}`)
			return
		}
		fmt.Fprint(w, bodies[n])
	}))
	t.Cleanup(server.Close)
	client := &segment.Client{BaseURL: server.URL, Token: constantToken}
	r := &segment.Request{Method: http.MethodGet, Path: path, Query: url.Values{}}
	return allPages(t.Context(), client, r, func(*segment.Response) error { return nil })
}

func TestAllPages(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		path  string
		pages []string
		want  string
	}{
		"one page is as it came":        {"a", []string{"{ \"x\": [1] ,\"next_page_token\":\"\"}\n"}, "{ \"x\": [1] ,\"next_page_token\":\"\"}\n"},
		"a bare resource is as well":    {"workspaces", []string{`{"name":"workspaces/w"}`}, `{"name":"workspaces/w"}`},
		"fields of the first page":      {"a", []string{`{"z":1.10,"x":[1],"next_page_token":"1"}`, `{"z":2,"x":[2,{"b":1,"a":2}]}`}, `{"z":1.10,"x":[1,2,{"b":1,"a":2}],"next_page_token":""}` + "\n"},
		"the list of the name":          {"b/tracking-plans", []string{`{"tags":[7],"tracking_plans":[1],"next_page_token":"1"}`, `{"tracking_plans":[2],"next_page_token":""}`}, `{"tags":[7],"tracking_plans":[1,2],"next_page_token":""}` + "\n"},
		"a page without items":          {"x", []string{`{"x":[1],"next_page_token":"1"}`, `{"next_page_token":"2"}`, `{"x":null}`}, `{"x":[1],"next_page_token":""}` + "\n"},
		"a first page without a list":   {"x", []string{`{"next_page_token":"1"}`, `{"x":[2]}`}, `{"x":[2],"next_page_token":""}` + "\n"},
		"an action on the collection":   {"x:batchGet", []string{`{"a":[7],"x":[1],"next_page_token":"1"}`, `{"a":[8],"x":[2]}`}, `{"a":[7],"x":[1,2],"next_page_token":""}` + "\n"},
		"a name that needs escaping":    {"x", []string{`{"a\"b":1,"x":[],"next_page_token":"1"}`, `{"x":[]}`}, `{"a\"b":1,"x":[],"next_page_token":""}` + "\n"},
		"big numbers keep their digits": {"x", []string{`{"x":[12345678901234567890123],"next_page_token":"1"}`, `{"x":[1.10]}`}, `{"x":[12345678901234567890123,1.10],"next_page_token":""}` + "\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := paged(t, test.path, test.pages...)
			if err != nil || string(got.Body) != test.want {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestAllPagesOfALyingServer(t *testing.T) {
	t.Parallel()
	for name, pages := range map[string][]string{
		"the same page again": {`{"x":[1],"next_page_token":"0"}`},
		"pages in a circle":   {`{"x":[1],"next_page_token":"1"}`, `{"x":[1],"next_page_token":"2"}`, `{"x":[1],"next_page_token":"1"}`},
		"no JSON":             {`<html>`},
		"no object":           {`[1]`},
		"no text as token":    {`{"x":[1],"next_page_token":1}`},
		"pages without list":  {`{"x":{"a":1},"next_page_token":"1"}`, `{"x":{"b":1}}`},
		"a list, then none":   {`{"x":[1],"next_page_token":"1"}`, `{"x":{"b":1}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := paged(t, "x", pages...)
			if _, ok := errors.AsType[*segment.AnswerError](err); !ok || got != nil {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// What was read so far is no list: the refusal is the answer.
func TestAllPagesEndAtARefusal(t *testing.T) {
	t.Parallel()
	got, err := paged(t, "x", `{"x":[1],"next_page_token":"9"}`)
	if !segment.HasReason(err, segment.InvalidArgument) || got == nil || string(got.Body) != `{"error":"no such page","code":3}` {
		t.Errorf("%+v, %v", got, err)
	}
}
