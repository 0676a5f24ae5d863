package authorize

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/wire"
)

const (
	clientID     = "c1a2b3c4-0000-4000-8000-000000000001"
	clientSecret = "canary-secret+/ %"
	theCode      = "canary-code-Boz1EgZgmD2ELZvsxakjqSMwO8xe7tV.nKaLX2QHocqalHR3O4BdoYdcopk3hjW4izYHMG14cxQ"
	redirectURL  = "http://localhost:8888/auth/segment/callback"
)

// granted is the guide's answer, for a destination scope.
const granted = `{
  "access_token": "YL8a0w-Boz1EgZgmD2ELZvsxakjqSMwO8xe7tV-ToSk.nKaLX2QHocqalHR3O4BdoYdcopk3hjW4izYHMG14cxQ",
  "token_type": "bearer",
  "expires_in": 3599,
  "scope": "workspace",
  "app_name": "apps/2",
  "install_name": "installs/7",
  "workspace_names": ["workspaces/userworkspace"],
  "source_names": ["workspaces/userworkspace/sources/javascript"]
}`

func wantGrant() wire.Grant {
	return wire.Grant{
		AccessToken: "YL8a0w-Boz1EgZgmD2ELZvsxakjqSMwO8xe7tV-ToSk.nKaLX2QHocqalHR3O4BdoYdcopk3hjW4izYHMG14cxQ",
		Lifetime:    3599 * time.Second, Scope: "workspace", AppName: "apps/2", InstallName: "installs/7",
		WorkspaceNames: []string{"workspaces/userworkspace"},
		SourceNames:    []string{"workspaces/userworkspace/sources/javascript"},
	}
}

// appAt returns an App of the authorization server that h is.
func appAt(t *testing.T, h http.HandlerFunc) *App {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return &App{
		ClientID: clientID, ClientSecret: clientSecret,
		ID: wire.Origin(s.URL), RedirectURL: redirectURL, Scope: "destination/clearbrain",
	}
}

func answering(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func begin(t *testing.T, a *App) Request {
	t.Helper()
	r, err := a.Begin()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func queryOf(t *testing.T, raw string) url.Values {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}
