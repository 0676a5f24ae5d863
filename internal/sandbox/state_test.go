package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// killed lets go of the state file's lock as the death of a process does, and writes nothing.
func killed(t *testing.T, s *Server) {
	t.Helper()
	if err := s.store.journal.lock.Unlock(); err != nil {
		t.Fatal(err)
	}
}

func TestStateSurvivesKill(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state")
	o := Options{StateFile: path, AutoApprove: true, Tokens: []string{workspaceToken}}
	s := newSandbox(t, o)
	if _, err := New(o); err == nil {
		t.Error("a second sandbox took the same state file")
	}
	code := newCodeFrom(t, s)
	in := installed(t, s, "destination/clearbrain")
	created := api(s, in.AccessToken, "POST", destinationsPath, createClearbrain).Body.String()
	api(s, workspaceToken, "POST", "/v1beta/"+strings.TrimPrefix(clearbrainPath, "/v1beta/")+"/filters", dropEvent)
	filters := api(s, workspaceToken, "GET", clearbrainPath+"/filters", "").Body.String()
	api(s, workspaceToken, "DELETE", "/v1beta/workspaces/acme/sources/ios", "")
	killed(t, s)
	// What was being written when the process died was never answered.
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"changes":[{"name":"workspaces/acme"`); err != nil {
		t.Fatal(err)
	}
	f.Close()

	s = newSandbox(t, o)
	want(t, api(s, in.AccessToken, "GET", clearbrainPath, ""), 200, created)
	want(t, api(s, workspaceToken, "GET", clearbrainPath+"/filters", ""), 200, filters)
	want(t, api(s, workspaceToken, "GET", "/v1beta/workspaces/acme/sources/ios", ""), 404, apiErrorBody("source does not exist", 5))
	if w := serve(s, tokenRequest(code)); w.Code != 200 {
		t.Errorf("code of before: %d %s", w.Code, w.Body)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if _, err := New(Options{StateFile: write(t, "bad", "nonsense\n")}); err == nil {
		t.Error("a broken state file was taken")
	}
}

const seedYAML = `
users: [{email: bob@example.com, password: hunter2}]
workspaces:
  - name: initech
    sources:
      - name: web
        write_keys: [abc]
        destinations:
          - {name: amplitude, enabled: true, connection_mode: CLOUD, config: {apiKey: k, eventUploadThreshold: 30, trackAllPages: true, traitsToIncrement: [a, b]}}
apps:
  - {name: apps/9, display_name: Mine, scope: workspace, client_id: mine, client_secret: s, redirect_urls: ["http://localhost:1/cb"]}
tokens: [{token: seeded, scope: workspace, workspaces: [initech]}]
`

func TestSeedAndExport(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{SeedFile: write(t, "seed.yaml", seedYAML)})
	path := "/v1beta/workspaces/initech/sources/web/destinations/amplitude"
	first := api(s, "seeded", "GET", path, "").Body.String()
	if !strings.Contains(first, `"value":30,`) || !strings.Contains(first, `"value":["a","b"]`) {
		t.Fatal(first)
	}
	exported, err := s.Export()
	if err != nil {
		t.Fatal(err)
	}
	again := newSandbox(t, Options{SeedFile: write(t, "export.yaml", string(exported))})
	second, err := again.Export()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(exported), string(second)); diff != "" {
		t.Errorf("the export of an export differs:\n%s", diff)
	}
	for name, bad := range map[string]string{
		"unknown field":       "sauces: []",
		"unknown destination": "workspaces: [{name: a, sources: [{name: s, destinations: [{name: nosuch}]}]}]",
		"required missing":    "workspaces: [{name: a, sources: [{name: s, destinations: [{name: amplitude, enabled: true}]}]}]",
		"unknown scope":       "tokens: [{token: t, scope: all}]",
		"token sans source":   "tokens: [{token: t, scope: destination/x}]",
		"app sans client":     "apps: [{name: apps/3, scope: workspace}]",
		"bad slug":            "workspaces: [{name: a/b}]",
	} {
		if _, err := New(Options{SeedFile: write(t, "bad.yaml", bad)}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestCatalogFile(t *testing.T) {
	t.Parallel()
	const one = `{"name":"catalog/destinations/one","display_name":"One","surprise":[1,2],"settings":[{"name":"key","type":"STRING","required":true,"string_validators":{"regexp":"^(?!www\\.)"}}]}`
	const two = `{"name":"catalog/destinations/two","display_name":"Two","settings":[]}`
	for name, content := range map[string]string{
		"one page":  `{"destinations":[` + one + `,` + two + `],"next_page_token":""}`,
		"two pages": `{"destinations":[` + one + `],"next_page_token":"x"}` + "\n" + `{"destinations":[` + two + `]}`,
		"bare list": `[` + one + `,` + two + `]`,
		"YAML":      "destinations:\n- " + one + "\n- " + two,
	} {
		s := newSandbox(t, Options{Scope: "workspace", CatalogFile: write(t, "catalog", content), Tokens: []string{workspaceToken}, Quirks: map[string]string{"patterns": "checked"}})
		want(t, api(s, workspaceToken, "GET", "/v1beta/catalog/destinations", ""), 200, `{"destinations":[`+one+`,`+two+`],"next_page_token":""}`)
		body := `{"destination":{"name":"workspaces/acme/sources/js/destinations/one","enabled":true,"config":[{"name":"workspaces/acme/sources/js/destinations/one/config/key","value":"www.x"}]}}`
		if w := api(s, workspaceToken, "POST", destinationsPath, body); w.Code != 400 {
			t.Errorf("%s: the look-ahead was not applied: %d", name, w.Code)
		}
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{AutoApprove: true, Tokens: []string{workspaceToken}})
	in := installed(t, s, "destination/clearbrain")
	change := func() {
		api(s, workspaceToken, "POST", destinationsPath, createClearbrain)
		api(s, workspaceToken, "DELETE", "/v1beta/workspaces/globex/sources/web", "")
	}
	change()
	if err := s.Reset("destinations"); err != nil {
		t.Fatal(err)
	}
	want(t, api(s, in.AccessToken, "GET", clearbrainPath, ""), 404, apiErrorBody("destination does not exist", 5))
	want(t, api(s, workspaceToken, "GET", "/v1beta/workspaces/globex/sources/web", ""), 404, apiErrorBody("source does not exist", 5))
	change()
	if err := s.Reset(""); err != nil {
		t.Fatal(err)
	}
	want(t, api(s, in.AccessToken, "GET", clearbrainPath, ""), 401, apiErrorBody("malformed token", 16))
	if w := api(s, workspaceToken, "GET", "/v1beta/workspaces/globex/sources/web", ""); w.Code != 200 {
		t.Errorf("a source of the seed: %d", w.Code)
	}
	if s.Counters().CodesRedeemed != 0 {
		t.Error("the counters were kept")
	}
	if s.Reset("nosuch") == nil {
		t.Error("an unknown collection was taken")
	}
}

// 32 clients add settings to one destination: none is lost, and each reads its own write.
func TestLinearisable(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	const name = "workspaces/acme/sources/js/destinations/google-analytics"
	api(s, workspaceToken, "POST", destinationsPath, `{"destination":{"name":"`+name+`"}}`)
	settings := []string{"trackingId", "domain", "serversideTrackingId", "mobileTrackingId"}
	var wait sync.WaitGroup
	for _, setting := range settings {
		wait.Go(func() {
			for i := range 50 {
				value := fmt.Sprintf("UA-1-%d", i)
				api(s, workspaceToken, "PATCH", "/v1beta/"+name, fmt.Sprintf(`{"destination":{"config":[{"name":"%s/config/%s","value":%q}]},"update_mask":{"paths":["config"]}}`, name, setting, value))
				if got := api(s, workspaceToken, "GET", "/v1beta/"+name, "").Body.String(); !strings.Contains(got, fmt.Sprintf("config/%s\",\"display_name\"", setting)) || !strings.Contains(got, value) {
					t.Errorf("%s is not %s in %s", setting, value, got)
				}
			}
		})
	}
	creations := make([]int, 28)
	for i := range creations {
		wait.Go(func() { creations[i] = api(s, workspaceToken, "POST", destinationsPath, createClearbrain).Code })
	}
	wait.Wait()
	won := 0
	for _, status := range creations {
		if status == 200 {
			won++
		}
	}
	got := decode[destination](t, api(s, workspaceToken, "GET", "/v1beta/"+name, ""))
	if won != 1 || len(got.Config) != len(settings) {
		t.Errorf("%d creations succeeded; %d settings of %d", won, len(got.Config), len(settings))
	}
	for _, e := range got.Config {
		if string(e.Value) != `"UA-1-49"` {
			t.Errorf("%s is %s", e.Name, e.Value)
		}
	}
}
