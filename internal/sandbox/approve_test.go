package sandbox

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Who approves without a page does so for the workspace and source that were named.
func TestApprove(t *testing.T) {
	t.Parallel()
	for approve, want := range map[string]string{
		"": "acme/js", "acme/ios": "acme/ios", "globex": "globex/web", "workspaces/globex/sources/web": "globex/web",
	} {
		s := newSandbox(t, Options{AutoApprove: true, Approve: approve})
		in := installed(t, s, "destination/clearbrain")
		if got := place(in.SourceNames[0]); got != want {
			t.Errorf("%q: installed on %s, want %s", approve, got, want)
		}
	}
	s := newSandbox(t, Options{AutoApprove: true, Approve: "globex/web", Scope: "workspace"})
	if diff := cmp.Diff([]string{"workspaces/globex"}, installed(t, s, "workspace").WorkspaceNames); diff != "" {
		t.Errorf("with a workspace scope (-want +got):\n%s", diff)
	}
}

func TestApproveDenies(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{AutoApprove: true, Approve: DenyAll})
	q := callback(t, serve(s, httptest.NewRequest(http.MethodGet, authorizeURL(), nil)))
	if q.Get("error") != "access_denied" || q.Get("error_hint") != "The resource owner denied the request" || q.Get("state") != testState || q.Get("code") != "" {
		t.Errorf("%v", q)
	}
	if all := s.Installs(); len(all) > 0 {
		t.Errorf("%v", all)
	}
}

// A source that is not there is said at the start, and one that goes away later is no reason to choose another one.
func TestApproveWithoutSource(t *testing.T) {
	t.Parallel()
	o := Options{StateFile: filepath.Join(t.TempDir(), "state"), Tokens: []string{workspaceToken}, AutoApprove: true}
	for _, approve := range []string{"nosuch", "acme/nosuch", "acme/js/more", "deny/js"} {
		o.Approve = approve
		_, err := New(o)
		if err == nil || !strings.Contains(err.Error(), approve) || !strings.Contains(err.Error(), "acme/js, acme/ios, globex/web, and deny") {
			t.Errorf("%q: %v", approve, err)
		}
	}
	o.Approve = "acme/ios"
	s := newSandbox(t, o) // the state file is free again
	if w := api(s, workspaceToken, "DELETE", "/v1beta/workspaces/acme/sources/ios", ""); w.Code != 200 {
		t.Fatal(w.Body)
	}
	if q := callback(t, serve(s, httptest.NewRequest(http.MethodGet, authorizeURL(), nil))); q.Get("error") != "access_denied" {
		t.Errorf("%v", q)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
