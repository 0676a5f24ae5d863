package authorize

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/wire"
)

func TestExchange(t *testing.T) {
	t.Parallel()
	var form url.Values
	var id, password, userAgent, path string
	a := appAt(t, func(w http.ResponseWriter, r *http.Request) {
		id, password, _ = r.BasicAuth()
		_ = r.ParseForm()
		form, userAgent, path = r.PostForm, r.UserAgent(), r.Method+" "+r.URL.String()
		answering(200, granted)(w, r)
	})
	a.UserAgent, a.Redactor = "segctl/1.2.3", new(secret.Redactor)
	r := begin(t, a)
	grant, err := a.Exchange(t.Context(), r, theCode)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantGrant(), grant); diff != "" {
		t.Errorf("grant (-want +got):\n%s", diff)
	}
	want := url.Values{
		"grant_type": {"authorization_code"}, "code": {theCode}, "redirect_uri": {redirectURL}, "code_verifier": {r.Verifier},
	}
	if diff := cmp.Diff(want, form); diff != "" {
		t.Errorf("form (-want +got):\n%s", diff)
	}
	// RFC 6749 §2.3.1: both halves are form-encoded before they go into Basic.
	if id != clientID || password != "canary-secret%2B%2F+%25" {
		t.Errorf("Basic user %q, password %q", id, password)
	}
	if userAgent != "segctl/1.2.3" || path != "POST /oauth2/token" {
		t.Errorf("%s by %q", path, userAgent)
	}
	for _, known := range []string{grant.AccessToken, theCode, clientSecret, r.Verifier} {
		if text := a.Redactor.Redact("sent " + known); strings.Contains(text, known) {
			t.Errorf("the redactor leaves %q", text)
		}
	}
}

// An answer without a scope grants the one that was asked for (RFC 6749 §5.1); another one is passed on as it is.
func TestExchangeScope(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]wire.Scope{
		`{"access_token":"t","install_name":"installs/7"}`:                     "destination/clearbrain",
		`{"access_token":"t","install_name":"installs/7","scope":"workspace"}`: "workspace",
	} {
		a := appAt(t, answering(200, body))
		grant, err := a.Exchange(t.Context(), begin(t, a), theCode)
		if err != nil || grant.Scope != want {
			t.Errorf("%s: scope %q, %v", body, grant.Scope, err)
		}
	}
}

// An odd field must not cost the install: the code is spent by then.
func TestExchangeTolerates(t *testing.T) {
	t.Parallel()
	const install = `"access_token":"t","install_name":"installs/7","scope":"workspace"`
	for body, want := range map[string]wire.Grant{
		`{` + install + `}`: {},
		`{` + install + `,"token_type":"Bearer","expires_in":"3600"}`:             {Lifetime: time.Hour},
		`{` + install + `,"token_type":"bearer","expires_in":3.6e3}`:              {Lifetime: time.Hour},
		`{` + install + `,"error":7,"app_name":5,"expires_in":"soon"}`:            {},
		`{` + install + `,"source_names":"x","workspace_names":["workspaces/w"]}`: {WorkspaceNames: []string{"workspaces/w"}},
	} {
		a := appAt(t, answering(200, body))
		got, err := a.Exchange(t.Context(), begin(t, a), theCode)
		if err != nil {
			t.Errorf("%s: %v", body, err)
		}
		want.AccessToken, want.InstallName, want.Scope, want.Lifetime = "t", "installs/7", "workspace", time.Hour
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
}
