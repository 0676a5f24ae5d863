package segment

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// paged serves the pages of a list by their number, which is also their token, and returns what JoinPages makes of them.
func paged(t *testing.T, path string, bodies ...string) (*Response, error) {
	t.Helper()
	requests := 0
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := 0
		fmt.Sscan(r.URL.Query().Get("page_token"), &n)
		if requests++; n >= len(bodies) || requests > 10 {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":"no such page","code":3}`)
			return
		}
		fmt.Fprint(w, bodies[n])
	})
	return c.JoinPages(t.Context(), &Request{Method: http.MethodGet, Path: path}, nil)
}

func TestJoinPages(t *testing.T) {
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
			if err != nil || got.StatusCode != http.StatusOK || string(got.Body) != test.want {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestJoinPagesOfALyingServer(t *testing.T) {
	t.Parallel()
	for name, pages := range map[string][]string{
		"the same page again": {`{"x":[1],"next_page_token":"0"}`, `{"x":[1],"next_page_token":"0"}`},
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
			if _, ok := errors.AsType[*AnswerError](err); !ok || got != nil {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// What was read so far is no list: the refusal is the answer.
func TestJoinPagesEndAtARefusal(t *testing.T) {
	t.Parallel()
	got, err := paged(t, "x", `{"x":[1],"next_page_token":"9"}`)
	if !HasReason(err, InvalidArgument) || got == nil || string(got.Body) != `{"error":"no such page","code":3}` {
		t.Errorf("%+v, %v", got, err)
	}
}

// Each answer is shown, the first query goes along, and the request itself is left as it was.
func TestJoinPagesTellsOfEachPage(t *testing.T) {
	t.Parallel()
	var asked []string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RawQuery)
		fmt.Fprint(w, map[bool]string{true: `{"x":[],"next_page_token":"b"}`, false: `{"x":[]}`}[len(asked) == 1])
	})
	r := &Request{Method: http.MethodGet, Path: "x", Query: url.Values{"page_size": {"1"}, "page_token": {"a"}}}
	var seen []string
	_, err := c.JoinPages(t.Context(), r, func(resp *Response) error {
		seen = append(seen, string(resp.Body))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"page_size=1&page_token=a", "page_size=1&page_token=b"}, asked); diff != "" {
		t.Errorf("queries (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{`{"x":[],"next_page_token":"b"}`, `{"x":[]}`}, seen); diff != "" {
		t.Errorf("seen (-want +got):\n%s", diff)
	}
	if got := r.Query.Get("page_token"); got != "a" {
		t.Errorf("the request was changed: page_token=%s", got)
	}
	full := errors.New("disk is full")
	if _, err := c.JoinPages(t.Context(), r, func(*Response) error { return full }); !errors.Is(err, full) {
		t.Errorf("error is %v", err)
	}
}
