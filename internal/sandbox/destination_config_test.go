package sandbox

import (
	"strings"
	"testing"
)

// By the quirk a destination reads back every setting of the catalog, in the catalog's order; and writing all that back
// changes nothing, whatever the catalog's rules.
func TestConfigOfAllSettings(t *testing.T) {
	t.Parallel()
	catalog := write(t, "catalog.json", `{"destinations":[{"name":"catalog/destinations/d","display_name":"D","settings":[
		{"name":"s","display_name":"S","type":"STRING","string_validators":{"regexp":"^.{8,}$"}},
		{"name":"b","display_name":"B","type":"BOOLEAN"},
		{"name":"n","display_name":"N","type":"NUMBER","number_validators":{"min":1,"max":100}},
		{"name":"i","display_name":"I","type":"NUMBER","number_validators":{"min":0,"max":0}},
		{"name":"l","display_name":"L","type":"LIST"},
		{"name":"m","display_name":"M","type":"MAP","map_validators":{"min":1}},
		{"name":"x","display_name":"X","type":"MIXED"},
		{"name":"c","display_name":"C","type":"SELECT","select_validators":{"select_options":["a","b"]}},
		{"name":"p","display_name":"P","type":"PASSWORD"}]}]}`)
	s := newSandbox(t, Options{CatalogFile: catalog, Tokens: []string{workspaceToken}, Now: newClock().Now, Quirks: map[string]string{"patterns": "checked"}})
	const name = "workspaces/acme/sources/js/destinations/d"
	entry := func(setting, kind, value string) string {
		return `{"name":"` + name + `/config/` + setting + `","display_name":"` + strings.ToUpper(setting) + `","value":` + value + `,"type":"` + kind + `"}`
	}
	answer := func(config ...string) string {
		return `{"name":"` + name + `","parent":"workspaces/acme/sources/js","display_name":"D","enabled":false,"connection_mode":"UNSPECIFIED","config":[` +
			strings.Join(config, ",") + `],"create_time":"2019-05-24T23:43:02.905Z","update_time":"2019-05-24T23:43:02.905Z"}`
	}
	written := answer(entry("c", "select", `"b"`), entry("n", "number", "7"))
	all := answer(entry("s", "string", `""`), entry("b", "boolean", "false"), entry("n", "number", "7"), entry("i", "number", "0"), entry("l", "list", "[]"),
		entry("m", "map", "{}"), entry("x", "mixed", "null"), entry("c", "select", `"b"`), entry("p", "password", `""`))
	create := `{"destination":` + written + `}`
	want(t, api(s, workspaceToken, "POST", destinationsPath, create), 200, written)
	if err := s.SetQuirk("config", "all"); err != nil {
		t.Fatal(err)
	}
	want(t, api(s, workspaceToken, "GET", "/v1beta/"+name, ""), 200, all)
	want(t, api(s, workspaceToken, "GET", destinationsPath, ""), 200, `{"destinations":[`+all+`],"next_page_token":""}`)
	want(t, api(s, workspaceToken, "PATCH", "/v1beta/"+name, `{"destination":`+all+`,"update_mask":{"paths":["destination.config"]}}`), 200, all)
	api(s, workspaceToken, "DELETE", "/v1beta/"+name, "")
	want(t, api(s, workspaceToken, "POST", destinationsPath, create), 200, all)
	if err := s.SetQuirk("config", "written"); err != nil {
		t.Fatal(err)
	}
	want(t, api(s, workspaceToken, "GET", "/v1beta/"+name, ""), 200, written)
	// A required setting that reads back empty is still missing.
	if err := s.SetQuirk("config", "all"); err != nil {
		t.Fatal(err)
	}
	const mixpanel = `{"destination":{"name":"workspaces/acme/sources/js/destinations/mixpanel","enabled":true,"config":[
		{"name":"workspaces/acme/sources/js/destinations/mixpanel/config/token","value":""}]}}`
	other := newSandbox(t, Options{Tokens: []string{workspaceToken}, Quirks: map[string]string{"config": "all"}})
	want(t, api(other, workspaceToken, "POST", destinationsPath, mixpanel), 400, apiErrorBody("invalid argument: setting token is required", 3))
}

// Patterns, ranges and options are the client's business unless the quirk says otherwise; types, names and required
// settings never are.
func TestPatternsQuirk(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ slug, setting, value, refusal string }{
		{"clearbrain", "apiKey", `"abcd123"`, "value does not match ^.{8,}$"},
		{"google-analytics", "trackingId", `"nope"`, `value does not match ^UA-\d+-\d+$`},
		{"google-analytics", "sampleRate", `101`, "value is not 1 to 100"},
		{"google-analytics", "dimensions", `{"plan":"x"}`, `neither key "plan" nor its value begins with "dimension"`},
		{"mixpanel", "persistence", `"disk"`, "value is none of [cookie localStorage]"},
	} {
		for quirk, status := range map[string]int{"ignored": 200, "checked": 400} {
			s := newSandbox(t, Options{Tokens: []string{workspaceToken}, Quirks: map[string]string{"patterns": quirk}})
			name := "workspaces/acme/sources/js/destinations/" + c.slug
			w := api(s, workspaceToken, "POST", destinationsPath, `{"destination":{"name":"`+name+`","config":[{"name":"`+name+`/config/`+c.setting+`","value":`+c.value+`}]}}`)
			if w.Code != status {
				t.Errorf("%s: %s=%s: %d %s", quirk, c.setting, c.value, w.Code, w.Body)
			}
			if status == 400 {
				want(t, w, 400, apiErrorBody("invalid argument: setting "+c.setting+": "+c.refusal, 3))
			}
		}
	}
}
