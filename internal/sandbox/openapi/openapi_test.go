package openapi_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/sandbox/openapi"
)

var description = openapi.Loader("../../..")

const (
	destinations = "/v1beta/workspaces/acme/sources/js/destinations"
	clearbrain   = `{"destination":{"name":"workspaces/acme/sources/js/destinations/clearbrain"}}`
)

// stage is a sandbox whose answers may be spoiled behind the judge, and what the judge said.
type stage struct {
	http.Handler
	spoil func(status int, header http.Header, body string) (int, string)
	said  []string
}

func newStage(t *testing.T) *stage {
	t.Helper()
	box, err := sandbox.New(sandbox.Options{Tokens: []string{"t0ken"}})
	if err != nil {
		t.Fatal(err)
	}
	spec, err := description()
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{}
	spoiled := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.spoil == nil || strings.HasPrefix(r.URL.Path, "/_sandbox/") {
			box.ServeHTTP(w, r)
			return
		}
		answer := httptest.NewRecorder()
		box.ServeHTTP(answer, r)
		answer.Header().Del("Content-Length")
		status, body := s.spoil(answer.Code, answer.Header(), answer.Body.String())
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
	note := func(err error) { s.said = append(s.said, err.Error()) }
	s.Handler = spec.Check(spoiled, openapi.Reports{Request: note, Answer: note})
	return s
}

// ask makes a request of segctl.
func (s *stage) ask(method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer t0ken")
	r.Header.Set("User-Agent", "segctl/test")
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// expect fails the test unless the judge said one thing that has these words; without words, unless it said nothing.
func (s *stage) expect(t *testing.T, words string) {
	t.Helper()
	if words == "" && len(s.said) == 0 || words != "" && len(s.said) == 1 && strings.Contains(s.said[0], words) {
		return
	}
	t.Errorf("the judge said %q, want %q", s.said, words)
}

// TestWrongAnswers has one thing about an answer changed.
func TestWrongAnswers(t *testing.T) {
	t.Parallel()
	replace := func(old, with string) func(int, http.Header, string) (int, string) {
		return func(status int, _ http.Header, body string) (int, string) {
			if !strings.Contains(body, old) {
				t.Errorf("no %s in %s", old, body)
			}
			return status, strings.Replace(body, old, with, 1)
		}
	}
	list := "/v1beta/workspaces/acme/sources"
	for name, c := range map[string]struct {
		path  string
		spoil func(int, http.Header, string) (int, string)
		words string
	}{
		"as it is":            {list, replace("js", "js"), ""},
		"a field more":        {list, replace(`"parent"`, `"new":1,"parent"`), ""},
		"a renamed field":     {list, replace(`"catalog_name"`, `"catalogName"`), "missing property 'catalog_name'"},
		"a wrong type":        {list, replace(`"retry_queue":false`, `"retry_queue":"no"`), "want boolean"},
		"a null":              {list, replace(`"labels":{}`, `"labels":null`), "want object"},
		"a time that is none": {list, replace(`"create_time":"20`, `"create_time":"x20`), "date-time"},
		"no page token":       {list, replace(`"next_page_token"`, `"next"`), "missing property 'next_page_token'"},
		"half of it":          {list, func(status int, _ http.Header, body string) (int, string) { return status, body[:len(body)/2] }, "not JSON"},
		"an unlisted status":  {list, func(_ int, _ http.Header, body string) (int, string) { return 201, body }, "status 201 is none of 200, 400"},
		"a code of another":   {list + "/nosuch", replace(`"code":5`, `"code":3`), "value must be 5"},
		"an error's text":     {list + "/nosuch", replace(`"error"`, `"message"`), "missing property 'error'"},
		"another content type": {list, func(status int, h http.Header, body string) (int, string) {
			h.Set("Content-Type", "text/html")
			return status, body
		}, `content type "text/html"`},
		"another host's": {"http://app.segment.com" + list, func(_ int, h http.Header, _ string) (int, string) {
			h.Set("Content-Type", "application/json")
			return 200, "{}"
		}, "leads nowhere"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.spoil = c.spoil
			s.ask("GET", c.path, "")
			s.expect(t, c.words)
		})
	}
}

// A method that a path does not have is told by Allow, and a path that there is not is plain text.
func TestAnswersToNoOperation(t *testing.T) {
	t.Parallel()
	for path, words := range map[string]string{"/v1beta/workspaces": "no header Allow", "/v1beta/nosuch": "content type"} {
		s := newStage(t)
		s.spoil = func(status int, h http.Header, body string) (int, string) {
			h.Del("Allow")
			h.Set("Content-Type", "application/json")
			return status, body
		}
		r := httptest.NewRequest(http.MethodDelete, path, nil)
		s.ServeHTTP(httptest.NewRecorder(), r)
		s.expect(t, words)
	}
}

// TestWrongRequests has segctl send what the description does not know.
func TestWrongRequests(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ method, path, body, words string }{
		"right":                    {"POST", destinations, clearbrain, ""},
		"doubled slashes":          {"GET", "//v1beta//workspaces/acme/", "", ""},
		"a page size":              {"GET", "/v1beta/workspaces?page_size=5", "", ""},
		"a page size in words":     {"GET", "/v1beta/workspaces?page_size=five", "", "parameter page_size"},
		"a wrong type":             {"POST", destinations, strings.Replace(clearbrain, `{"name"`, `{"enabled":"true","name"`, 1), "want boolean"},
		"a short name":             {"POST", destinations, strings.Replace(clearbrain, "workspaces/", "", 1), "does not match pattern"},
		"an unknown mask path":     {"PATCH", destinations + "/clearbrain", `{"destination":{},"update_mask":{"paths":["destination.name"]}}`, "does not match pattern"},
		"a body for nothing":       {"GET", "/v1beta/workspaces", "{}", "a body, where there is none"},
		"no body":                  {"POST", destinations, "", "no body"},
		"an unknown parameter":     {"GET", "/v1beta/workspaces?pageSize=5", "", `no parameter "pageSize"`},
		"an unknown path":          {"GET", "/v1beta/nosuch", "", "no such operation"},
		"an unknown method":        {"PUT", "/v1beta/workspaces", "", "no such operation"},
		"a bearer where it is not": {"GET", "/v1beta/installs/1/token", "", "not by basic"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.ask(c.method, c.path, c.body)
			s.expect(t, c.words)
		})
	}
}

// Requests of others are their own affair, and so is what an answer is where a fault hit it.
func TestExempt(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	r := httptest.NewRequest(http.MethodPost, destinations, strings.NewReader("garbage"))
	r.Header.Set("User-Agent", "curl/8")
	s.ServeHTTP(httptest.NewRecorder(), r)
	s.expect(t, "")
	r = httptest.NewRequest(http.MethodGet, "/v1beta/workspaces", nil) // whether the API is there
	r.Header.Set("User-Agent", "segctl/test")
	s.ServeHTTP(httptest.NewRecorder(), r)
	s.expect(t, "")
	fault := `{"route":"/v1beta/workspaces","kind":"malformed","count":1}`
	if w := s.ask("POST", "/_sandbox/faults", fault); w.Code != 200 {
		t.Fatalf("fault: %d %s", w.Code, w.Body)
	}
	if w := s.ask("GET", "/v1beta/workspaces", ""); strings.HasSuffix(strings.TrimSpace(w.Body.String()), "}") {
		t.Fatalf("the fault did not hit: %s", w.Body)
	}
	s.expect(t, "")
}
