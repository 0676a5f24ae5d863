package sandbox

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// ... and plain, as curl -u sends them, at the refresh.
func TestRefreshTakesBasicAsItIs(t *testing.T) {
	t.Parallel()
	s := auto(t)
	in := installed(t, s, "destination/clearbrain")
	r := httptest.NewRequest(http.MethodGet, "/v1beta/"+in.InstallName+"/token", nil)
	r.SetBasicAuth(DemoClientID, strings.ReplaceAll(DemoClientSecret, "-", "%2D"))
	want(t, serve(s, r), 401, apiErrorBody("invalid client id or secret", 16))
}

// The refresh as the guide shows it: a UUID, install/N, no source_names; the old token is dead at once.
func TestRefresh(t *testing.T) {
	t.Parallel()
	s := auto(t)
	in := installed(t, s, "destination/clearbrain")
	w := refresh(s, in.InstallName)
	got := decode[tokenAnswer](t, w)
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(got.AccessToken) {
		t.Errorf("access token %q is no UUID", got.AccessToken)
	}
	fresh := got.AccessToken
	got.AccessToken = ""
	if diff := cmp.Diff(tokenAnswer{
		TokenType: "bearer", ExpiresIn: 3600, Scope: "destination/clearbrain", AppName: "apps/2", InstallName: "install/1",
		WorkspaceNames: []string{"workspaces/acme"},
	}, got); diff != "" || strings.Contains(w.Body.String(), "source_names") {
		t.Errorf("answer (-want +got):\n%s\n%s", diff, w.Body)
	}
	path := "/v1beta/workspaces/acme/sources/js/destinations/clearbrain"
	want(t, api(s, in.AccessToken, "GET", path, ""), 401, apiErrorBody("malformed token", 16))
	want(t, api(s, fresh, "GET", path, ""), 404, apiErrorBody("destination does not exist", 5))
	want(t, refresh(s, "installs/99"), 404, apiErrorBody("install does not exist", 5))
}

func TestTokenExpires(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSandbox(t, Options{AutoApprove: true, Now: clock.Now, TokenTTL: time.Minute})
	in := installed(t, s, "destination/clearbrain")
	if in.ExpiresIn != 59 {
		t.Errorf("expires_in %d", in.ExpiresIn)
	}
	path := "/v1beta/workspaces/acme/sources/js/destinations/clearbrain"
	clock.advance(time.Minute - time.Nanosecond)
	if w := api(s, in.AccessToken, "GET", path, ""); w.Code != 404 {
		t.Errorf("just before expiry: %d", w.Code)
	}
	clock.advance(time.Nanosecond)
	want(t, api(s, in.AccessToken, "GET", path, ""), 401, apiErrorBody("malformed token", 16))
}

func TestIssued(t *testing.T) {
	t.Parallel()
	s := auto(t)
	in := installed(t, s, "destination/clearbrain")
	fresh := decode[tokenAnswer](t, refresh(s, in.InstallName)).AccessToken
	for _, token := range []string{in.AccessToken, fresh} {
		if !Issued(token) {
			t.Errorf("Issued(%q) is false", token)
		}
	}
	for _, token := range []string{
		"", "abc", "YL8a0w-Boz1EgZgmD2ELZvsxakjqSMwO8xe7tV-ToSk.nKaLX2QHocqalHR3O4BdoYdcopk3hjW4izYHMG14cxQ",
		"4d9ee1b5-b752-4f7f-86d9-5680df6f8ce8", newCode(), in.AccessToken + "x",
	} {
		if Issued(token) {
			t.Errorf("Issued(%q) is true", token)
		}
	}
}

func TestReinstall(t *testing.T) {
	t.Parallel()
	s := auto(t)
	first := installed(t, s, "destination/clearbrain")
	second := installed(t, s, "destination/clearbrain")
	if first.InstallName != second.InstallName || first.AccessToken == second.AccessToken {
		t.Errorf("%s and %s", first.InstallName, second.InstallName)
	}
	s = newSandbox(t, Options{AutoApprove: true, Quirks: map[string]string{"reinstall": "refused"}})
	installed(t, s, "destination/clearbrain")
	q := callback(t, serve(s, httptest.NewRequest(http.MethodGet, authorizeURL(), nil)))
	if q.Get("error_hint") != "install already exists" {
		t.Errorf("%v", q)
	}
}
