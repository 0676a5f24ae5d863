package sandbox

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A partner's own destination need not be in the catalog: its scope gives it an entry, and the destination works.
func TestScopeOfADestinationThatTheCatalogLacks(t *testing.T) {
	t.Parallel()
	seed := filepath.Join(t.TempDir(), "seed.yaml")
	if err := os.WriteFile(seed, []byte(`
workspaces: [{name: acme, sources: [{name: js, destinations: [{name: of-app, enabled: true, config: {apiKey: x}}]}]}]
apps: [{name: apps/9, scope: destination/of-app, client_id: mine}]
tokens: [{token: seeded, scope: destination/of-token, source: workspaces/acme/sources/js}]
`), 0o600); err != nil {
		t.Fatal(err)
	}
	s := newSandbox(t, Options{
		AutoApprove: true, Scope: "destination/our-own", SeedFile: seed,
		Tokens: []string{workspaceToken, "preset:destination/of-preset", "known:destination/clearbrain"},
	})
	if diff := cmp.Diff([]string{"our-own", "of-preset", "of-app", "of-token"}, s.AddedDestinations()); diff != "" {
		t.Errorf("added (-want +got):\n%s", diff)
	}
	entry := decode[catalogDestination](t, api(s, workspaceToken, "GET", "/v1beta/catalog/destinations/our-own", ""))
	if entry.DisplayName != "Our Own" || len(entry.Settings) != 1 || entry.Settings[0].Name != "apiKey" ||
		entry.Settings[0].Type != "STRING" || !entry.Settings[0].Required {
		t.Errorf("%+v", entry)
	}
	token := installed(t, s, "destination/our-own").AccessToken
	body := strings.ReplaceAll(createClearbrain, "clearbrain", "our-own")
	if w := api(s, token, "POST", destinationsPath, body); w.Code != 200 {
		t.Errorf("create: %d %s", w.Code, w.Body)
	}
	if w := api(s, workspaceToken, "POST", destinationsPath, `{"destination":{"name":"workspaces/acme/sources/js/destinations/of-preset","enabled":true}}`); w.Code != 400 {
		t.Errorf("without the required apiKey: %d %s", w.Code, w.Body)
	}
	if err := s.Reset(""); err != nil {
		t.Fatal(err)
	}
	if w := api(s, workspaceToken, "GET", "/v1beta/catalog/destinations/our-own", ""); w.Code != 200 {
		t.Errorf("after a reset: %d %s", w.Code, w.Body)
	}
	if added := newSandbox(t, Options{}).AddedDestinations(); len(added) > 0 {
		t.Errorf("the demo App's destination is in the catalog, and %v were added", added)
	}
}

// An App that was made over the Config API has no component yet, and with the quirk no App has one: there is nothing that
// could be created.
func TestAppWithoutComponent(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{AutoApprove: true, Tokens: []string{workspaceToken}})
	made := decode[map[string]any](t, api(s, workspaceToken, "POST", "/v1beta/workspaces/acme/apps",
		`{"app":{"display_name":"Mine","scope":"destination/mine","redirect_uris":["`+DemoRedirectURL+`"]}}`))
	id, secret := made["client_id"].(string), made["client_secret"].(string)
	r := tokenRequest(newCodeFrom(t, s, "client_id", id, "scope", "destination/mine"))
	r.SetBasicAuth(id, secret)
	token := decode[tokenAnswer](t, serve(s, r)).AccessToken
	body := strings.ReplaceAll(createClearbrain, "clearbrain", "mine")
	if w := api(s, token, "POST", destinationsPath, body); w.Code != 400 || !strings.Contains(w.Body.String(), `"code":3`) {
		t.Errorf("a new App: %d %s", w.Code, w.Body)
	}

	token = installed(t, s, "destination/clearbrain").AccessToken
	for quirk, status := range map[string]int{"missing": 400, "present": 200} {
		if err := s.SetQuirk("component", quirk); err != nil {
			t.Fatal(err)
		}
		api(s, workspaceToken, "DELETE", clearbrainPath, "")
		w := api(s, token, "POST", destinationsPath, createClearbrain)
		if w.Code != status {
			t.Errorf("component=%s: %d %s", quirk, w.Code, w.Body)
		}
		if status == 400 {
			want(t, w, 400, apiErrorBody(`invalid argument: the App has no component for the destination "clearbrain"`, 3))
			want(t, api(s, token, "GET", clearbrainPath, ""), 404, apiErrorBody("destination does not exist", 5))
			if w := api(s, workspaceToken, "POST", destinationsPath, createClearbrain); w.Code != 200 {
				t.Errorf("somebody else: %d %s", w.Code, w.Body)
			}
		}
	}
}
