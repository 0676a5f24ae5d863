package sandbox

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// A source as the API writes it, in the order of its fields; W, I are the write key and the id.
const newSourceBody = `{"name":"workspaces/acme/sources/srv","parent":"workspaces/acme","catalog_name":"catalog/sources/net","write_keys":["W"],` +
	`"library_config":{"metrics_enabled":false,"retry_queue":false,"cross_domain_id_enabled":false,"api_host":""},` +
	`"create_time":"2019-05-24T23:43:02.905Z","display_name":"srv","id":"I","labels":{},"function_config":[]}`

func TestCreateSource(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	const path = "/v1beta/workspaces/acme/sources"
	w := api(s, workspaceToken, "POST", path, `{"source":{"name":"workspaces/acme/sources/srv","catalog_name":"catalog/sources/net"}}`)
	got := decode[source](t, w)
	if !regexp.MustCompile(`^[0-9A-Za-z]{10}$`).MatchString(got.ID) || len(got.WriteKeys) != 1 {
		t.Fatalf("id %q, write keys %v", got.ID, got.WriteKeys)
	}
	body := strings.NewReplacer("W", got.WriteKeys[0], `"I"`, `"`+got.ID+`"`).Replace(newSourceBody)
	if made := strings.TrimSpace(w.Body.String()); made != body {
		t.Errorf("created %s\nwant    %s", made, body)
	}
	if read := strings.TrimSpace(api(s, workspaceToken, "GET", path+"/srv", "").Body.String()); read != body {
		t.Errorf("read %s\nwant %s", read, body)
	}
	// What a client says of a source stays; what is the service's own does not come from a client.
	w = api(s, workspaceToken, "POST", path, `{"source":{"name":"workspaces/acme/sources/two","catalog_name":"catalog/sources/.net",
		"display_name":"Two","labels":{"env":"prod"},"id":"mine","write_keys":["mine"],"library_config":{"retry_queue":true,"api_host":"x"}}}`)
	two := decode[source](t, w)
	if two.DisplayName != "Two" || two.Labels["env"] != "prod" || two.CatalogName != "catalog/sources/.net" || two.ID == got.ID || two.ID == "mine" ||
		two.WriteKeys[0] == "mine" || two.LibraryConfig != (libraryConfig{}) {
		t.Errorf("%s", w.Body)
	}
}

// State that a sandbox wrote before these resources had all their fields is completed when it is read.
func TestOldState(t *testing.T) {
	t.Parallel()
	const (
		src  = "workspaces/acme/sources/js"
		plan = "workspaces/acme/tracking-plans/rs_1"
	)
	lines := []journalChange{
		{"workspaces/acme", json.RawMessage(`{"name":"workspaces/acme","display_name":"Acme"}`)},
		{src, json.RawMessage(`{"name":"` + src + `","parent":"workspaces/acme","catalog_name":"catalog/sources/javascript","create_time":"2019-05-24T23:43:02.905Z"}`)},
		{src + "/schema-config", json.RawMessage(`{"name":"` + src + `/schema-config","parent":"` + src + `","allow_unplanned_track_events":false}`)},
		{plan, json.RawMessage(`{"name":"` + plan + `","display_name":"P","rules":{"events":[]}}`)},
		{plan + "/source-connections/js", json.RawMessage(`{"name":"` + plan + `/source-connections/js","source_name":"` + src + `"}`)},
	}
	state, err := json.Marshal(journalLine{lines})
	if err != nil {
		t.Fatal(err)
	}
	s := newSandbox(t, Options{StateFile: write(t, "state", string(state)+"\n"), Tokens: []string{workspaceToken}})
	t.Cleanup(func() { _ = s.Close() })
	got := decode[source](t, api(s, workspaceToken, "GET", "/v1beta/"+src, ""))
	if got.DisplayName != "js" || len(got.ID) != 10 || got.Labels == nil || got.FunctionConfig == nil {
		t.Errorf("%+v", got)
	}
	want(t, api(s, workspaceToken, "GET", "/v1beta/"+src+"/schema-config", ""), 200,
		strings.Replace(schemaDefaults, `"allow_unplanned_track_events": true`, `"allow_unplanned_track_events": false`, 1))
	want(t, api(s, workspaceToken, "GET", "/v1beta/"+plan+"/source-connections", ""), 200,
		`{"connections":[{"source_name":"`+src+`","tracking_plan_id":"rs_1"}],"next_page_token":""}`)
}

// An App keeps what its maker says of it, and the path without a workspace means the token's.
func TestCreateApp(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{Tokens: []string{workspaceToken, "globex-reader:workspace:read"}})
	const fields = `"display_name":"Mine","scope":"workspace","public":true,"redirect_uris":["http://localhost:1/"],"description":"D",
		"client_uri":"https://c.example","logo_uri":"https://l.example","tos_uri":"https://t.example","policy_uri":"https://p.example"`
	for path, name := range map[string]string{
		"apps": "workspaces/acme/apps/", "workspaces/acme/apps": "workspaces/acme/apps/", "workspaces/globex/apps": "workspaces/globex/apps/",
	} {
		w := api(s, workspaceToken, "POST", "/v1beta/"+path, `{"app":{`+fields+`}}`)
		made := decode[map[string]any](t, w)
		sent := parse(t, `{`+fields+`}`).(map[string]any)
		for field, value := range sent {
			if a, b := jsonText(made[field]), jsonText(value); a != b {
				t.Errorf("%s: %s is %s, want %s", path, field, a, b)
			}
		}
		if got, _ := made["name"].(string); !strings.HasPrefix(got, name) || jsonText(made["parent"]) != jsonText(strings.TrimSuffix(name, "/apps/")) {
			t.Errorf("%s: %s", path, w.Body)
		}
		kept, ok := get[*app](&tx{store: s.store}, "apps/"+lastWord(made["name"].(string)))
		if !ok || kept.Description != "D" || kept.ClientURI != "https://c.example" || kept.LogoURI != "https://l.example" ||
			kept.TosURI != "https://t.example" || kept.PolicyURI != "https://p.example" {
			t.Errorf("%s: kept %+v", path, kept)
		}
	}
	made := decode[map[string]any](t, api(s, workspaceToken, "POST", "/v1beta/apps", `{"app":{"scope":"workspace"}}`))
	if got := jsonText(made["redirect_uris"]); got != "[]" {
		t.Errorf("redirect_uris that were left out: %s, want []", got)
	}
	want(t, api(s, "globex-reader", "POST", "/v1beta/apps", `{"app":{`+fields+`}}`), 403, apiErrorBody("insufficient scope", 7))
}

func jsonText(value any) string {
	b, _ := json.Marshal(value)
	return string(b)
}
