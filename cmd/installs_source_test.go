package cmd

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// The source of an install with a destination scope is the one source that its token may look into.
func TestImportFindsSource(t *testing.T) {
	t.Parallel()
	const (
		listed    = `{"sources":[{"name":"workspaces/acme/sources/ios"},{"name":"workspaces/acme/sources/js"}],"next_page_token":""}`
		one       = `{"sources":[{"name":"workspaces/acme/sources/js"}],"next_page_token":""}`
		forbidden = `{"error":"insufficient scope","code":7}`
		missing   = `{"error":"destination does not exist","code":5}`
		there     = `{"name":"workspaces/acme/sources/js/destinations/clearbrain","enabled":true}`
	)
	type answer struct {
		status int
		body   string
	}
	tests := map[string]struct {
		sources, ios, js answer
		want             string
	}{
		"one is listed":            {answer{200, one}, answer{}, answer{}, "workspaces/acme/sources/js\n"},
		"it has the destination":   {answer{200, listed}, answer{403, forbidden}, answer{200, there}, "workspaces/acme/sources/js\n"},
		"the destination is to be": {answer{200, listed}, answer{403, forbidden}, answer{404, missing}, "workspaces/acme/sources/js\n"},
		"two could be":             {answer{200, listed}, answer{404, missing}, answer{404, missing}, "null\n"},
		"none may be looked into":  {answer{200, listed}, answer{403, forbidden}, answer{403, forbidden}, "null\n"},
		"listing is forbidden":     {answer{403, forbidden}, answer{}, answer{}, "null\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const sources = "/v1beta/workspaces/acme/sources"
			answers := map[string]answer{
				"/v1beta/installs/1/token": {200, `{"access_token":"t0ken","token_type":"bearer","expires_in":3600,` +
					`"scope":"destination/clearbrain","install_name":"install/1","workspace_names":["workspaces/acme"]}`},
				sources:                                  test.sources,
				sources + "/ios/destinations/clearbrain": test.ios,
				sources + "/js/destinations/clearbrain":  test.js,
			}
			api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				a := answers[r.URL.Path]
				if a.status == 0 {
					t.Errorf("unexpected request %s %s", r.Method, r.URL.Path)
					a.status = http.StatusBadRequest
				}
				w.WriteHeader(a.status)
				_, _ = io.WriteString(w, a.body)
			}))
			defer api.Close()
			environment := map[string]string{
				"SEGCTL_API_URL": api.URL, "SEGCTL_CLIENT_ID": "id", "SEGCTL_CLIENT_SECRET": "s3cret",
				"SEGCTL_STORE": "file", "SEGCTL_CONFIG_DIR": t.TempDir(), "SEGCTL_STATE_DIR": t.TempDir(),
			}
			var out, words bytes.Buffer
			app := &App{
				In: &bytes.Buffer{}, Out: &out, Err: &words, Now: time.Now,
				Env: envOf(environment),
			}
			if code := app.Run(t.Context(), []string{"installs", "import", "installs/1", "--jq", ".sources[0]"}); code != exitOK {
				t.Fatalf("exit status %d\n%s", code, words.String())
			}
			if out.String() != test.want {
				t.Errorf("got source %s want %s\n%s", out.String(), test.want, words.String())
			}
		})
	}
}
