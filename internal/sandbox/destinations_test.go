package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	destinationsPath = "/v1beta/workspaces/acme/sources/js/destinations"
	clearbrainPath   = destinationsPath + "/clearbrain"
	createClearbrain = `{"destination": {"name": "workspaces/acme/sources/js/destinations/clearbrain", "connection_mode": "CLOUD",
		"config": [{"name": "workspaces/acme/sources/js/destinations/clearbrain/config/apiKey", "value": "abcd1234"}], "enabled": true}}`
)

// The guide's example of a destination, as it reads after having been created with CLOUD.
const clearbrain = `{
  "name": "workspaces/acme/sources/js/destinations/clearbrain",
  "parent": "workspaces/acme/sources/js",
  "display_name": "ClearBrain",
  "enabled": true,
  "connection_mode": "UNSPECIFIED",
  "config": [
    {"name": "workspaces/acme/sources/js/destinations/clearbrain/config/apiKey",
     "display_name": "API Key", "value": "abcd1234", "type": "string"}
  ],
  "create_time": "2019-05-24T23:43:02.905Z",
  "update_time": "2019-05-24T23:43:02.905Z"
}`

func TestCreateDestination(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	want(t, api(s, workspaceToken, "GET", clearbrainPath, ""), 404, apiErrorBody("destination does not exist", 5))
	want(t, api(s, workspaceToken, "POST", destinationsPath, createClearbrain), 200, clearbrain)
	want(t, api(s, workspaceToken, "GET", clearbrainPath, ""), 200, clearbrain)
	want(t, api(s, workspaceToken, "GET", destinationsPath, ""), 200, `{"destinations": [`+clearbrain+`], "next_page_token": ""}`)
	want(t, api(s, workspaceToken, "POST", destinationsPath, createClearbrain), 500, apiErrorBody("destination already exists or other internal error", 13))
	want(t, api(s, workspaceToken, "DELETE", clearbrainPath, ""), 200, `{}`)
	want(t, api(s, workspaceToken, "DELETE", clearbrainPath, ""), 404, apiErrorBody("destination does not exist", 5))
}

// Left out, enabled means false, and so does connection_mode UNSPECIFIED.
func TestCreateDestinationDefaults(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	w := api(s, workspaceToken, "POST", destinationsPath, `{"destination":{"name":"workspaces/acme/sources/js/destinations/google-analytics"}}`)
	got := decode[destination](t, w)
	if got.Enabled || got.ConnectionMode != "UNSPECIFIED" || !strings.Contains(w.Body.String(), `"config":[]`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// The mode is kept where there is one to choose.
func TestConnectionMode(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	w := api(s, workspaceToken, "POST", destinationsPath, `{"destination":{"name":"workspaces/acme/sources/js/destinations/google-analytics","connection_mode":"CLOUD"}}`)
	if got := decode[destination](t, w); got.ConnectionMode != "CLOUD" {
		t.Errorf("%+v", got)
	}
	s = newSandbox(t, Options{Tokens: []string{workspaceToken}, Quirks: map[string]string{"connection-mode": "kept"}})
	if got := decode[destination](t, api(s, workspaceToken, "POST", destinationsPath, createClearbrain)); got.ConnectionMode != "CLOUD" {
		t.Errorf("%+v", got)
	}
}

func TestUpdateDestination(t *testing.T) {
	t.Parallel()
	const (
		name   = "workspaces/acme/sources/js/destinations/amplitude"
		config = name + "/config/"
		path   = "/v1beta/" + name
		create = `{"destination":{"name":"` + name + `","enabled":true,"connection_mode":"CLOUD","config":[
			{"name":"` + config + `apiKey","value":"one"},{"name":"` + config + `trackAllPages","value":true}]}}`
	)
	type state struct {
		Enabled bool
		Mode    string
		Config  map[string]string
	}
	for title, c := range map[string]struct {
		body string
		want state
	}{
		"disable": {
			`{"destination":{"enabled":false},"update_mask":{"paths":["destination.enabled"]}}`,
			state{false, "CLOUD", map[string]string{"apiKey": `"one"`, "trackAllPages": "true"}},
		},
		"bare path": {
			`{"destination":{"enabled":false},"update_mask":{"paths":["enabled"]}}`,
			state{false, "CLOUD", map[string]string{"apiKey": `"one"`, "trackAllPages": "true"}},
		},
		"config merges": {
			`{"destination":{"config":[{"name":"` + config + `eventUploadThreshold","value":30},{"name":"` + config + `apiKey","value":"two"}]},"update_mask":{"paths":["destination.config"]}}`,
			state{true, "CLOUD", map[string]string{"apiKey": `"two"`, "trackAllPages": "true", "eventUploadThreshold": "30"}},
		},
		"null clears one setting": {
			`{"destination":{"config":[{"name":"` + config + `trackAllPages","value":null},{"name":"` + config + `secretKey","value":null}]},"update_mask":{"paths":["destination.config"]}}`,
			state{true, "CLOUD", map[string]string{"apiKey": `"one"`}},
		},
		"a path without a value clears": {
			`{"destination":{},"update_mask":{"paths":["destination.enabled","destination.connection_mode","destination.config"]}}`,
			state{false, "UNSPECIFIED", map[string]string{}},
		},
		"a value without a path changes nothing": {
			`{"destination":{"enabled":false,"connection_mode":"DEVICE"},"update_mask":{"paths":["destination.connection_mode"]}}`,
			state{true, "DEVICE", map[string]string{"apiKey": `"one"`, "trackAllPages": "true"}},
		},
		"no mask": {
			`{"destination":{"enabled":false}}`,
			state{true, "CLOUD", map[string]string{"apiKey": `"one"`, "trackAllPages": "true"}},
		},
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			s := newAPI(t)
			if w := api(s, workspaceToken, "POST", destinationsPath, create); w.Code != 200 {
				t.Fatal(w.Body)
			}
			answer := decode[destination](t, api(s, workspaceToken, "PATCH", path, c.body))
			read := decode[destination](t, api(s, workspaceToken, "GET", path, ""))
			if diff := cmp.Diff(answer, read); diff != "" {
				t.Errorf("the answer differs from what was stored:\n%s", diff)
			}
			got := state{read.Enabled, read.ConnectionMode, map[string]string{}}
			for _, e := range read.Config {
				got.Config[lastWord(e.Name)] = string(e.Value)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestInvalidDestinations(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{Tokens: []string{workspaceToken}, Now: newClock().Now, Quirks: map[string]string{"patterns": "checked", "json": "strict"}})
	api(s, workspaceToken, "POST", destinationsPath, createClearbrain)
	body := func(slug, config string) string {
		name := "workspaces/acme/sources/js/destinations/" + slug
		return fmt.Sprintf(`{"destination":{"name":%q,"enabled":true,"config":[%s]},"update_mask":{"paths":["config"]}}`,
			name, strings.ReplaceAll(config, "@", name+"/config/"))
	}
	for title, c := range map[string]struct{ method, path, body string }{
		"other parent":        {"POST", destinationsPath, `{"destination":{"name":"workspaces/acme/sources/ios/destinations/clearbrain"}}`},
		"no name":             {"POST", destinationsPath, `{"destination":{}}`},
		"not in the catalog":  {"POST", destinationsPath, body("nosuch", "")},
		"required is missing": {"POST", destinationsPath, body("amplitude", "")},
		"required is empty":   {"POST", destinationsPath, body("amplitude", `{"name":"@apiKey","value":""}`)},
		"unknown setting":     {"POST", destinationsPath, body("webhooks", `{"name":"@nosuch","value":"x"}`)},
		"bare setting name":   {"POST", destinationsPath, body("webhooks", `{"name":"sharedSecret","value":"x"}`)},
		"required is cleared": {"PATCH", clearbrainPath, body("clearbrain", `{"name":"@apiKey","value":null}`)},
		"no value":            {"POST", destinationsPath, body("webhooks", `{"name":"@sharedSecret"}`)},
		"number for string":   {"POST", destinationsPath, body("webhooks", `{"name":"@sharedSecret","value":5}`)},
		"string for boolean":  {"POST", destinationsPath, body("google-analytics", `{"name":"@anonymizeIp","value":"true"}`)},
		"string for number":   {"POST", destinationsPath, body("google-analytics", `{"name":"@sampleRate","value":"5"}`)},
		"list for map":        {"POST", destinationsPath, body("google-analytics", `{"name":"@dimensions","value":[]}`)},
		"string for list":     {"POST", destinationsPath, body("google-analytics", `{"name":"@resetCustomDimensionsOnPage","value":"a"}`)},
		"no option":           {"POST", destinationsPath, body("mixpanel", `{"name":"@token","value":"t"},{"name":"@persistence","value":"disk"}`)},
		"pattern":             {"PATCH", clearbrainPath, body("clearbrain", `{"name":"@apiKey","value":"short"}`)},
		"unknown mode":        {"PATCH", clearbrainPath, `{"destination":{"connection_mode":"cloud"},"update_mask":{"paths":["destination.connection_mode"]}}`},
		"unknown mask path":   {"PATCH", clearbrainPath, `{"destination":{},"update_mask":{"paths":["destination.name"]}}`},
		"another name":        {"PATCH", clearbrainPath, `{"destination":{"name":"workspaces/acme/sources/js/destinations/webhooks"}}`},
		"malformed":           {"PATCH", clearbrainPath, `{"destination":`},
		"empty":               {"POST", destinationsPath, ``},
		"two values":          {"POST", destinationsPath, `{} {}`},
		"wrong type":          {"PATCH", clearbrainPath, `{"destination":{"enabled":"false"}}`},
	} {
		w := api(s, workspaceToken, c.method, c.path, c.body)
		if got := decode[map[string]any](t, w); w.Code != 400 || got["code"] != 3.0 || got["error"] == "" {
			t.Errorf("%s: %d %s", title, w.Code, w.Body)
		}
	}
	want(t, api(s, workspaceToken, "GET", destinationsPath, ""), 200, `{"destinations": [`+clearbrain+`], "next_page_token": ""}`)
}

// Values keep their JSON type and precision.
func TestConfigValuesAreKept(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	const name = "workspaces/acme/sources/js/destinations/google-analytics"
	values := map[string]string{
		"anonymizeIp": `true`, "sampleRate": `1.0`, "trackingId": `"UA-1-2"`, "dimensions": `{"z":"dimension1","a":"<b>&"}`,
		"resetCustomDimensionsOnPage": `["a","b"]`,
	}
	for setting, value := range values {
		body := fmt.Sprintf(`{"destination":{"name":%q,"config":[{"name":"%s/config/%s","value":%s}]},"update_mask":{"paths":["config"]}}`, name, name, setting, value)
		if w := api(s, workspaceToken, "POST", destinationsPath, body); w.Code != 200 {
			w = api(s, workspaceToken, "PATCH", "/v1beta/"+name, body)
			if w.Code != 200 {
				t.Fatalf("%s: %d %s", setting, w.Code, w.Body)
			}
		}
	}
	w := api(s, workspaceToken, "GET", "/v1beta/"+name, "")
	for setting, value := range values {
		if !strings.Contains(w.Body.String(), `"value":`+value+`,`) {
			t.Errorf("%s is not %s in %s", setting, value, w.Body)
		}
	}
}

// destination/<slug> may get, create, update and delete that one destination on the one source, and nothing else.
func TestDestinationScope(t *testing.T) {
	t.Parallel()
	s := auto(t)
	token := installed(t, s, "destination/clearbrain").AccessToken
	forbidden := apiErrorBody("insufficient scope", 7)
	for _, c := range []struct{ method, path, body string }{
		{"GET", destinationsPath, ""},
		{"GET", destinationsPath + "/webhooks", ""},
		{"GET", "/v1beta/workspaces/acme/sources/ios/destinations/clearbrain", ""},
		{"GET", "/v1beta/workspaces/globex/sources/web/destinations/clearbrain", ""},
		{"POST", destinationsPath, strings.ReplaceAll(createClearbrain, "clearbrain", "webhooks")},
		{"GET", "/v1beta/workspaces/globex", ""},
		{"GET", "/v1beta/workspaces/globex/sources", ""},
		{"GET", "/v1beta/workspaces/acme/sources/ios", ""},
		{"GET", "/v1beta/workspaces/acme/sources/js/schema-config", ""},
		{"POST", "/v1beta/workspaces/acme/sources", ""},
		{"DELETE", "/v1beta/workspaces/acme/sources/js", ""},
	} {
		want(t, api(s, token, c.method, c.path, c.body), 403, forbidden)
	}
	if w := api(s, token, "POST", destinationsPath, createClearbrain); w.Code != 200 {
		t.Errorf("create: %d %s", w.Code, w.Body)
	}
	for _, path := range []string{"", "/acme", "/acme/sources", "/acme/sources/js"} {
		want(t, api(s, token, "GET", "/v1beta/workspaces"+path, ""), 403, forbidden)
	}
	// With the quirk it sees its own workspace, and its own source.
	if err := s.SetQuirk("own-source", "readable"); err != nil {
		t.Fatal(err)
	}
	for path, name := range map[string]string{
		"": "workspaces/acme", "/acme": "workspaces/acme",
		"/acme/sources": "workspaces/acme/sources/js", "/acme/sources/js": "workspaces/acme/sources/js",
	} {
		w := api(s, token, "GET", "/v1beta/workspaces"+path, "")
		if got := w.Body.String(); w.Code != 200 || strings.Count(got, `"name":`) != 1 || !strings.Contains(got, `"name":"`+name+`"`) {
			t.Errorf("workspaces%s: %d %s, want %s alone", path, w.Code, got, name)
		}
	}
	disable := `{"destination":{"enabled":false},"update_mask":{"paths":["destination.enabled"]}}`
	for _, method := range []string{"GET", "PATCH", "DELETE"} {
		if w := api(s, token, method, clearbrainPath, disable); w.Code != 200 {
			t.Errorf("%s: %d %s", method, w.Code, w.Body)
		}
	}
}

func TestWorkspaceScopes(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{AutoApprove: true, Scope: "workspace:read"})
	read := installed(t, s, "workspace:read").AccessToken
	if w := api(s, read, "GET", destinationsPath, ""); w.Code != 200 {
		t.Errorf("list: %d %s", w.Code, w.Body)
	}
	want(t, api(s, read, "POST", destinationsPath, createClearbrain), 403, apiErrorBody("insufficient scope", 7))
	want(t, api(s, read, "GET", "/v1beta/workspaces/globex", ""), 403, apiErrorBody("insufficient scope", 7))
	w := api(s, read, "GET", "/v1beta/workspaces", "")
	if got := decode[struct{ Workspaces []workspace }](t, w); len(got.Workspaces) != 1 || got.Workspaces[0].Name != "workspaces/acme" {
		t.Errorf("%s", w.Body)
	}
}

func TestPresetTokens(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{Tokens: []string{"all", "reader:workspace:read", "one:destination/clearbrain"}})
	for token, status := range map[string]int{"all": 200, "reader": 403, "one": 200} {
		if w := api(s, token, "POST", destinationsPath, createClearbrain); w.Code != status {
			t.Errorf("%s: %d %s", token, w.Code, w.Body)
		}
		api(s, "all", "DELETE", clearbrainPath, "")
	}
	for _, bad := range []string{"", ":workspace", "x:nothing", "x:destination/", "a b"} {
		if _, err := New(Options{Tokens: []string{bad}}); err == nil {
			t.Errorf("preset token %q was taken", bad)
		}
	}
}

func TestUnauthenticated(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	for _, header := range []string{"", "Bearer", "Bearer nosuch", "Basic dGVzdDp0ZXN0", workspaceToken} {
		r := httptest.NewRequest(http.MethodGet, clearbrainPath, nil)
		r.Header.Set("Authorization", header)
		want(t, serve(s, r), 401, apiErrorBody("malformed token", 16))
	}
	r := httptest.NewRequest(http.MethodGet, "/v1beta/workspaces", nil)
	r.Header.Set("Authorization", "bearer "+workspaceToken)
	if w := serve(s, r); w.Code != 200 {
		t.Errorf("lower-case scheme: %d", w.Code)
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	api(s, workspaceToken, "POST", destinationsPath, createClearbrain)
	for _, path := range []string{clearbrainPath + "/", "/v1beta//workspaces/acme/sources//js/destinations/clearbrain//", "//v1beta/workspaces/acme/sources/js/destinations/clear%62rain"} {
		want(t, api(s, workspaceToken, "GET", path, ""), 200, clearbrain)
	}
	for _, path := range []string{"/nosuch", "/v1beta", "/v1/workspaces", "/v1beta/nosuch", "/v1beta/workspaces/acme/nosuch", "/v1beta/install/1/token", "/v1beta/workspaces/a%2Fb"} {
		w := api(s, workspaceToken, "GET", path, "")
		if w.Code != 503 || w.Body.String() != "upstream connect error or disconnect/reset before headers" || w.Header().Get("Content-Type") != "text/plain" {
			t.Errorf("%s: %d %q %s", path, w.Code, w.Header(), w.Body)
		}
	}
	w := api(s, workspaceToken, "PUT", clearbrainPath, "")
	if w.Code != 405 || w.Header().Get("Allow") != "GET, PATCH, DELETE" {
		t.Errorf("PUT: %d %v", w.Code, w.Header())
	}
}

func TestPaging(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	for i := range 25 {
		name := fmt.Sprintf("workspaces/acme/sources/s%02d", i)
		s.store.apply([]change{{name, newSource(name, "catalog/sources/net", s.now())}})
	}
	type answer struct {
		Sources       []source `json:"sources"`
		NextPageToken string   `json:"next_page_token"`
	}
	read := func(query string) answer {
		return decode[answer](t, api(s, workspaceToken, "GET", "/v1beta/workspaces/acme/sources"+query, ""))
	}
	var names []string
	for token, pages := "", 0; ; pages++ {
		got := read("?page_token=" + token)
		for _, src := range got.Sources {
			names = append(names, lastWord(src.Name))
		}
		if pages == 0 {
			// What has been read goes, and something new comes: no other resource is skipped or repeated.
			api(s, workspaceToken, "DELETE", "/v1beta/workspaces/acme/sources/s00", "")
			api(s, workspaceToken, "POST", "/v1beta/workspaces/acme/sources", `{"source":{"name":"workspaces/acme/sources/new","catalog_name":"catalog/sources/net"}}`)
		}
		if token = got.NextPageToken; token == "" {
			break
		}
	}
	if len(names) != 28 || names[0] != "js" || names[1] != "ios" || names[27] != "new" {
		t.Errorf("%d: %v", len(names), names)
	}
	if got := read("?page_size=27"); len(got.Sources) != 27 || got.NextPageToken != "" {
		t.Errorf("a last page that is full: %d, %q", len(got.Sources), got.NextPageToken)
	}
	if got := read(""); len(got.Sources) != 10 {
		t.Errorf("a page has %d sources, want 10", len(got.Sources))
	}
	if err := s.SetQuirk("page-size", "100"); err != nil {
		t.Fatal(err)
	}
	if got := read(""); len(got.Sources) != 27 {
		t.Errorf("a page of 100 has %d of 27 sources", len(got.Sources))
	}
	for _, query := range []string{"?page_size=-1", "?page_size=x", "?page_token=x", "?page_token=" + pageToken("workspaces", 3)} {
		if w := api(s, workspaceToken, "GET", "/v1beta/workspaces/acme/sources"+query, ""); w.Code != 400 {
			t.Errorf("%s: %d", query, w.Code)
		}
	}
}

func TestSourcesAndCatalog(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	w := api(s, workspaceToken, "GET", "/v1beta/workspaces/acme/sources/js", "")
	got := decode[source](t, w)
	if len(got.WriteKeys) != 1 || len(got.WriteKeys[0]) != 32 {
		t.Errorf("write keys %v", got.WriteKeys)
	}
	got.WriteKeys = nil
	if diff := cmp.Diff(source{
		Name: "workspaces/acme/sources/js", Parent: "workspaces/acme", CatalogName: "catalog/sources/javascript",
		CreateTime: "2019-05-24T23:43:02.905Z", DisplayName: "js", ID: got.ID,
		Labels: map[string]string{}, FunctionConfig: []struct{}{},
	}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want(t, api(s, workspaceToken, "GET", "/v1beta/workspaces/globex", ""), 200,
		`{"name":"workspaces/globex","display_name":"Globex","id":"8e40d5126f","create_time":"2019-05-24T23:43:02.905Z"}`)
	entry := decode[catalogDestination](t, api(s, workspaceToken, "GET", "/v1beta/catalog/destinations/customer.io", ""))
	if entry.DisplayName != "Customer.io" || len(entry.Settings) != 3 || entry.setting("siteId") == nil || !entry.setting("siteId").Required {
		t.Errorf("%+v", entry)
	}
	want(t, api(s, workspaceToken, "GET", "/v1beta/catalog/destinations/nosuch", ""), 404, apiErrorBody("catalog destination does not exist", 5))
	list := decode[struct{ Destinations []catalogDestination }](t, api(s, workspaceToken, "GET", "/v1beta/catalog/destinations", ""))
	if len(list.Destinations) != 9 {
		t.Errorf("%d catalog entries", len(list.Destinations))
	}
	// Deleting a source deletes what is on it.
	api(s, workspaceToken, "POST", destinationsPath, createClearbrain)
	want(t, api(s, workspaceToken, "DELETE", "/v1beta/workspaces/acme/sources/js", ""), 200, `{}`)
	want(t, api(s, workspaceToken, "GET", clearbrainPath, ""), 404, apiErrorBody("destination does not exist", 5))
	want(t, api(s, workspaceToken, "GET", destinationsPath, ""), 404, apiErrorBody("source does not exist", 5))
}

func TestRequestLog(t *testing.T) {
	t.Parallel()
	s := auto(t)
	in := installed(t, s, "destination/clearbrain")
	api(s, in.AccessToken, "GET", clearbrainPath, "")
	refresh(s, in.InstallName)
	w := serve(s, httptest.NewRequest(http.MethodGet, "/_sandbox/requests", nil))
	if strings.Contains(w.Body.String(), in.AccessToken) {
		t.Error("a token is in the log")
	}
	const now = `"2019-05-24T23:43:02.905Z"`
	lines := decode[struct{ Requests []map[string]any }](t, w).Requests
	for _, line := range lines {
		delete(line, "request_body")
		delete(line, "response_body")
		delete(line, "request_headers")
		delete(line, "response_headers")
	}
	got, _ := json.Marshal(lines)
	if diff := cmp.Diff(parse(t, `[
		{"time":`+now+`,"host":"example.com","method":"GET","path":"/oauth2/auth","query":"client_id=`+DemoClientID+`&redirect_uri=http%3A%2F%2Flocalhost%3A8888%2Fauth%2Fsegment%2Fcallback&response_type=code&scope=destination%2Fclearbrain&state=`+masked+`","status":302},
		{"time":`+now+`,"host":"example.com","method":"POST","path":"/oauth2/token","status":200,"install":"installs/1"},
		{"time":`+now+`,"host":"example.com","method":"GET","path":"`+clearbrainPath+`","status":404,"install":"installs/1"},
		{"time":`+now+`,"host":"example.com","method":"GET","path":"/v1beta/installs/1/token","status":200,"install":"installs/1"}]`), parse(t, string(got))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for range logSize {
		api(s, "", "GET", "/v1beta/workspaces", "")
	}
	if got := s.Requests(); len(got) != logSize || got[0].Status != 401 {
		t.Errorf("%d requests, the first %+v", len(got), got[0])
	}
}
