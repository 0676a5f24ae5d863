package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/sandbox/openapi"
)

// description is that of the Config API, which programs of others are made from.
var description = openapi.Loader("../..")

// judges are the tests that hear of it when an answer of their sandbox is not as described: *Server to *testing.T.
var judges sync.Map

// judge fails a test for every answer of its sandbox that is not as described.
func judge(t *testing.T, s *Server) {
	t.Helper()
	if _, err := description(); err != nil {
		t.Fatal(err)
	}
	judges.Store(s, t)
	t.Cleanup(func() { judges.Delete(s) })
}

// checked is a handler with the judge of its test in front. Without one, such as in a benchmark, it is the handler.
func checked(h http.Handler) http.Handler {
	s, isServer := h.(*Server)
	if !isServer {
		return h
	}
	test, ok := judges.Load(s)
	if !ok {
		return h
	}
	spec, _ := description() // which judge has read
	return spec.Test(test.(*testing.T), s)
}

// The description has every route of the sandbox, no other one, and asks of each what the sandbox asks.
func TestDescriptionHasEveryRoute(t *testing.T) {
	t.Parallel()
	spec, err := description()
	if err != nil {
		t.Fatal(err)
	}
	anyID := func(words []string) string {
		out := slices.Clone(words)
		for i, word := range out {
			if strings.HasPrefix(word, "{") {
				out[i] = "{}"
			}
		}
		return strings.Join(out, "/")
	}
	want, got := map[string]string{}, map[string]string{}
	unknown := routesByName(undocumentedRoutes())
	for name, rt := range routesByName(configRoutes()) {
		want[rt.method+" "+anyID(rt.pattern)] = says(rt.access == accessBasic, unknown[name] != nil)
	}
	for _, o := range spec.Operations() {
		known := slices.Contains(o.Statuses, "200")
		if known == slices.Contains(o.Statuses, "501") {
			t.Errorf("%s %s is either emulated or 501", o.Method, o.Path)
		}
		got[o.Method+" "+anyID(strings.Split(o.Path, "/"))] = says(o.Scheme == "basic", !known)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("routes (-sandbox +description):\n%s", diff)
	}
}

// routesByName are routes by method and path.
func routesByName(routes []route) map[string]*route {
	all := map[string]*route{}
	for i := range routes {
		rt := &routes[i]
		all[rt.method+" "+strings.Join(rt.pattern, "/")] = rt
	}
	return all
}

func says(basic, unknown bool) string {
	words := "bearer"
	if basic {
		words = "basic"
	}
	if unknown {
		words += ", 501"
	}
	return words
}
