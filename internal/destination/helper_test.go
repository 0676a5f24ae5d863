package destination_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/sandbox/openapi"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// rig is a sandbox and an account that was opened on it with a given token.
type rig struct {
	*sandbox.Server
	*account.Account
	described http.Handler // the sandbox
	handler   http.Handler // in front of it; may be replaced between requests
}

// newRig opens an account with a token of the scope, as the settings have it too.
func newRig(t *testing.T, scope string) *rig {
	t.Helper()
	box, err := sandbox.New(sandbox.Options{Tokens: []string{"t0ken:" + scope}})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{Server: box, described: described(t, box)}
	r.handler = r
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { r.handler.ServeHTTP(w, req) }))
	t.Cleanup(server.Close)
	env := map[string]string{"SEGCTL_API_URL": server.URL, "SEGCTL_ID_URL": server.URL, "SEGCTL_SCOPE": scope}
	settings, err := config.Load(config.Options{Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }})
	if err != nil {
		t.Fatal(err)
	}
	w := &account.World{
		Settings: settings, Store: install.NewMemory(), Transport: wire.NewTransport(nil, nil), Redactor: new(secret.Redactor),
		Given: "t0ken", GivenFrom: "a test", UserAgent: "segctl/test",
	}
	if r.Account, err = w.Open(t.Context(), install.Selector{}); err != nil {
		t.Fatal(err)
	}
	return r
}

// ServeHTTP is the sandbox's, with a judge in front.
func (r *rig) ServeHTTP(w http.ResponseWriter, req *http.Request) { r.described.ServeHTTP(w, req) }

// described is a sandbox in a test that fails where a request of segctl or an answer is not as the description of the
// Config API says.
func described(tb testing.TB, box *sandbox.Server) http.Handler {
	tb.Helper()
	spec, err := description()
	if err != nil {
		tb.Fatal(err)
	}
	return spec.Test(tb, box)
}

var description = openapi.Loader("../..")

// name is that of a destination on the source that the tests use.
func name(slug string) segment.Name {
	return segment.Name{Workspace: "acme", Source: "js", Destination: slug}
}

// apply carries out a change that has to succeed.
func (r *rig) apply(t *testing.T, slug string, verb destination.Verb, c destination.Change) destination.Result {
	t.Helper()
	result, err := r.try(t, slug, verb, c)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func (r *rig) try(t *testing.T, slug string, verb destination.Verb, c destination.Change) (destination.Result, error) {
	t.Helper()
	plan, err := destination.NewPlan(t.Context(), r.Account, name(slug), c)
	if err != nil {
		return destination.Result{}, err
	}
	return plan.Apply(t.Context(), verb)
}

// sent returns the bodies of the requests with a method and a path that ends so.
func (r *rig) sent(method, suffix string) []string {
	var bodies []string
	for _, request := range r.Requests() {
		if request.Method == method && strings.HasSuffix(request.Path, suffix) {
			bodies = append(bodies, request.Path)
		}
	}
	return bodies
}

// text gives anything as JSON.
func text(t *testing.T, value any) string {
	t.Helper()
	b, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func set(pairs ...string) []destination.Pair {
	var all []destination.Pair
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		all = append(all, destination.Pair{Name: name, Value: value})
	}
	return all
}
