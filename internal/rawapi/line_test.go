package rawapi

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// files are what a request can read.
func files(path string) ([]byte, error) {
	switch path {
	case "body.json":
		return []byte(`{"a":1}`), nil
	case "key.txt":
		return []byte("12345\r\n"), nil
	case "-":
		return []byte("piped"), nil
	}
	return nil, errors.New("no such file")
}

func TestRequest(t *testing.T) {
	t.Parallel()
	typed := func(key, value string) Field { return Field{key, value, true} }
	for name, c := range map[string]struct {
		line  Line
		stdin []string
		want  string // method, path, query, body
		fault string
	}{
		"a path":                      {line: Line{Args: []string{"/v1beta/workspaces/"}}, want: "GET workspaces  "},
		"a method in small letters":   {line: Line{Args: []string{"patch", "a"}}, want: "PATCH a  "},
		"fields make a POST":          {line: Line{Args: []string{"a"}, Fields: []Field{typed("n", "1"), {"s", "1", false}}}, want: `POST a  {"n":1,"s":"1"}`},
		"fields of a GET":             {line: Line{Args: []string{"GET", "a?b=1"}, Fields: []Field{typed("n", "x y")}}, want: "GET a b=1&n=x+y "},
		"fields beside a body":        {line: Line{Args: []string{"a"}, Input: "body.json", Fields: []Field{typed("n", "1")}}, want: `POST a n=1 {"a":1}`},
		"a field of a file is text":   {line: Line{Args: []string{"a"}, Fields: []Field{typed("key", "@key.txt")}}, want: `POST a  {"key":"12345"}`},
		"a raw field is never a file": {line: Line{Args: []string{"a"}, Fields: []Field{{"key", "@key.txt", false}}}, want: `POST a  {"key":"@key.txt"}`},
		"a URL of the API":            {line: Line{Args: []string{"https://platform.segmentapis.com/v1beta/workspaces?page_size=1"}}, want: "GET workspaces page_size=1 "},
		"placeholders in a URL":       {line: Line{Args: []string{"https://platform.segmentapis.com/v1beta/{workspace}"}}, want: "GET {workspace}  "},

		"another server":         {line: Line{Args: []string{"https://evil.example/v1beta/workspaces"}}, fault: "the token goes nowhere else"},
		"a server of that name":  {line: Line{Args: []string{"https://platform.segmentapis.com.evil.example/x"}}, fault: "the token goes nowhere else"},
		"without TLS":            {line: Line{Args: []string{"HTTP://platform.segmentapis.com/x"}}, fault: "the token goes nowhere else"},
		"a user in the URL":      {line: Line{Args: []string{"https://platform.segmentapis.com@evil.example/x"}}, fault: "no URL of the API"},
		"an unknown method":      {line: Line{Args: []string{"FETCH", "a"}}, fault: "unknown method"},
		"a method alone":         {line: Line{Args: []string{"post"}}, fault: "missing argument"},
		"pages of a POST":        {line: Line{Args: []string{"POST", "a"}, Paginate: true}, fault: "--paginate goes with GET"},
		"a header of ours":       {line: Line{Args: []string{"a"}, Headers: []string{"Authorization: c4nary"}}, fault: "-H: header Authorization"},
		"a query that is none":   {line: Line{Args: []string{"a?b=%zz"}}, fault: "query of the path"},
		"an unknown placeholder": {line: Line{Args: []string{"{wrokspace}"}}, fault: "unknown placeholder {wrokspace}"},
		"half a placeholder":     {line: Line{Args: []string{"{workspace"}}, fault: "a brace in the path"},
		"the body of a GET":      {line: Line{Args: []string{"GET", "a"}, Input: "body.json"}, fault: "--input does not go with GET"},
		"a body that is no JSON": {line: Line{Args: []string{"a"}, Input: "-"}, fault: "the body is not JSON"},
		"a file that is missing": {line: Line{Args: []string{"a"}, Fields: []Field{typed("key", "@nosuch")}}, fault: "field key: no such file"},
		"stdin twice":            {line: Line{Args: []string{"a"}, Input: "-", Fields: []Field{typed("key", "@-")}}, fault: "read twice: --input -, -f key=@-"},
		"stdin of the token":     {line: Line{Args: []string{"a"}, Input: "-"}, stdin: []string{"--token-stdin"}, fault: "read twice: --token-stdin, --input -"},
	} {
		r, err := c.line.Request(Source{API: wire.SegmentAPI, Read: files, Stdin: c.stdin})
		if c.fault != "" {
			if err == nil || !strings.Contains(err.Error(), c.fault) || strings.Contains(err.Error(), "c4nary") || problem.Of(err, problem.Context{}).Exit != problem.ExitUsage {
				t.Errorf("%s: the error is %v, want %q", name, err, c.fault)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(c.want, strings.Join([]string{r.Method, r.Path, r.Query.Encode(), string(r.Body)}, " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestParseField(t *testing.T) {
	t.Parallel()
	if f, err := ParseField("a[b]=c=d", true); err != nil || f != (Field{"a[b]", "c=d", true}) {
		t.Errorf("%+v, %v", f, err)
	}
	for _, text := range []string{"", "a", "=b"} {
		if _, err := ParseField(text, false); err == nil {
			t.Errorf("%q is a field", text)
		}
	}
}

// Each refresh ends a token: it is sent as it is meant, or not at all.
func TestRefresh(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]*segment.Request{
		"installs/7": {Method: http.MethodGet, Path: "installs/7/token"},
		"":           {Method: http.MethodPost, Path: "installs"},
	} {
		if got, err := Refresh(r); got != want || err != nil {
			t.Errorf("%s refreshes %q, %v", r.Path, got, err)
		}
	}
	for _, r := range []*segment.Request{
		{Method: http.MethodPost},
		{Method: http.MethodGet, Query: map[string][]string{"a": {"b"}}},
		{Method: http.MethodGet, Header: http.Header{"A": {"b"}}},
		{Method: http.MethodGet, Body: []byte("{}")},
	} {
		r.Path = "installs/7/token"
		if _, err := Refresh(r); problem.Of(err, problem.Context{}).Exit != problem.ExitUsage {
			t.Errorf("%+v: %v", r, err)
		}
	}
}

func TestHead(t *testing.T) {
	t.Parallel()
	answer := &segment.Response{StatusCode: http.StatusNotFound, Header: http.Header{"B": {"2", "3"}, "A": {"\x1b[2J"}}}
	got := string(Head(answer))
	if !strings.HasPrefix(got, "HTTP/1.1 404 Not Found\nA: ") || !strings.HasSuffix(got, "\nB: 2\nB: 3\n\n") || strings.Contains(got, "\x1b") {
		t.Errorf("%q", got)
	}
}
