package compare

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/sandbox/conformance"
)

// A server that takes a second creation for a change, or for a deletion, leaves the destination as it was all the same.
func TestRunPutsBackWhatAServerChanged(t *testing.T) {
	t.Parallel()
	const (
		source = "workspaces/acme/sources/js"
		dest   = source + "/destinations/clearbrain"
		body   = `{"destination":{"name":"` + dest + `","enabled":true,"config":[{"name":"` + dest + `/config/apiKey","value":"abcd1234"}]}}`
	)
	for restored, misdeed := range map[string]conformance.Request{
		"it was changed back to what it was before": {Method: "PATCH", Path: dest, Body: []byte(
			`{"destination":{"enabled":false,"config":[{"name":"` + dest + `/config/apiKey","value":"other"}]},"update_mask":{"paths":["enabled","config"]}}`)},
		"it was gone, and was created again with its settings": {Method: "DELETE", Path: dest},
	} {
		s, err := sandbox.New(sandbox.Options{Tokens: []string{"t0ken"}})
		if err != nil {
			t.Fatal(err)
		}
		ask := conformance.Handler(s, "t0ken")
		send := func(r conformance.Request) conformance.Answer {
			a, err := ask(t.Context(), r)
			if err != nil || a.Status != 200 {
				t.Fatalf("%s %s: %d %s %v", r.Method, r.Path, a.Status, a.Body, err)
			}
			return a
		}
		send(conformance.Request{Method: "POST", Path: source + "/destinations", Body: []byte(body)})
		before := stateOf(send(conformance.Request{Method: "GET", Path: dest}).Body)
		done := false
		report, err := Run(t.Context(), Options{
			Scope: "workspace", Workspace: "workspaces/acme", Source: source, Slug: "clearbrain", Write: true, Redact: strings.Clone,
			Server: func(ctx context.Context, r conformance.Request) (conformance.Answer, error) {
				a, err := ask(ctx, r)
				if r.Method == http.MethodPatch && strings.Contains(string(r.Body), "segctl_nosuch") && !done {
					done = true
					send(misdeed)
				}
				return a, err
			},
		})
		if err != nil || report.Left || report.Restored != restored || !done {
			t.Errorf("restored %q, left %t, %v; want %q", report.Restored, report.Left, err, restored)
		}
		if diff := cmp.Diff(before, stateOf(send(conformance.Request{Method: "GET", Path: dest}).Body)); diff != "" {
			t.Errorf("%s: the destination (-before +after):\n%s", restored, diff)
		}
	}
}
