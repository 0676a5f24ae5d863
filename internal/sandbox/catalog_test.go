package sandbox

import (
	"strings"
	"testing"
)

// An entry of the built-in catalog, byte by byte: validators stand before description, and all nine have all platforms.
const mixpanelEntry = `{"name":"catalog/destinations/mixpanel","display_name":"Mixpanel","description":"Send events to Mixpanel.","type":"STREAMING",` +
	`"website":"https://mixpanel.example","status":"PUBLIC","previous_names":["Mixpanel"],` +
	`"logos":{"logo":"https://logos.example/mixpanel.svg","mark":"https://logos.example/mixpanel-mark.svg"},` +
	`"categories":{"primary":"Analytics","secondary":"","additional":[]},` +
	`"components":[{"type":"WEB"},{"type":"IOS"},{"type":"ANDROID"},{"type":"CLOUD"}],` +
	`"platforms":{"browser":true,"server":true,"mobile":true},` +
	`"methods":{"alias":false,"group":false,"identify":true,"page_view":true,"track":true},` +
	`"browserUnbundlingSupported":false,"browserUnbundlingPublic":false,"settings":[` +
	`{"name":"token","display_name":"Token","type":"STRING","deprecated":false,"required":true,"string_validators":{"regexp":"^.{8,}$"},"description":"","settings":[]},` +
	`{"name":"apiKey","display_name":"API Key","type":"STRING","deprecated":false,"required":false,"string_validators":{"regexp":"^.{8,}$"},"description":"","settings":[]},` +
	`{"name":"people","display_name":"Use Mixpanel People","type":"BOOLEAN","deprecated":false,"required":false,"description":"","settings":[]},` +
	`{"name":"persistence","display_name":"Persistence Type","type":"SELECT","deprecated":false,"required":false,"select_validators":{"select_options":["cookie","localStorage"]},"description":"","settings":[]},` +
	`{"name":"peopleProperties","display_name":"Properties to send to Mixpanel People","type":"LIST","deprecated":false,"required":false,"description":"","settings":[]}]}`

func TestBuiltInCatalog(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	if got := strings.TrimSpace(api(s, workspaceToken, "GET", "/v1beta/catalog/destinations/mixpanel", "").Body.String()); got != mixpanelEntry {
		t.Errorf("got  %s\nwant %s", got, mixpanelEntry)
	}
	list := decode[struct{ Destinations []catalogDestination }](t, api(s, workspaceToken, "GET", "/v1beta/catalog/destinations", "")).Destinations
	for _, d := range list {
		if d.Platforms != (catalogPlatforms{true, true, true}) || d.Methods != (catalogMethods{Identify: true, PageView: true, Track: true}) ||
			d.Categories.Primary == "" || d.Logos.Logo == "" || d.Description == "" {
			t.Errorf("%+v", d)
		}
	}
	for setting, check := range map[string]func(*catalogSetting) bool{
		"clearbrain apiKey":              func(s *catalogSetting) bool { return s.StringValidators.Regexp == `^.{8,}$` },
		"google-analytics trackingId":    func(s *catalogSetting) bool { return s.StringValidators.Regexp == `^UA-\d+-\d+$` },
		"google-analytics sampleRate":    func(s *catalogSetting) bool { return *s.NumberValidators == numberValidators{1, 100} },
		"google-analytics dimensions":    func(s *catalogSetting) bool { return s.MapValidators.MapPrefix == "dimension" },
		"google-analytics metrics":       func(s *catalogSetting) bool { return s.MapValidators.MapPrefix == "metric" },
		"amplitude secretKey":            func(s *catalogSetting) bool { return s.StringValidators.Regexp == `^.{8,}$` },
		"appboy datacenter":              func(s *catalogSetting) bool { return len(s.SelectValidators.SelectOptions) == 7 && s.Required },
		"appboy appGroupId":              func(s *catalogSetting) bool { return s.DisplayName == "REST API Key" && s.Required },
		"appboy apiKey":                  func(s *catalogSetting) bool { return s.DisplayName == "App Identifier" },
		"amplitude eventUploadThreshold": func(s *catalogSetting) bool { return *s.NumberValidators == numberValidators{} },
	} {
		slug, name, _ := strings.Cut(setting, " ")
		entry := decode[catalogDestination](t, api(s, workspaceToken, "GET", "/v1beta/catalog/destinations/"+slug, ""))
		if set := entry.setting(name); set == nil || !check(set) {
			t.Errorf("%s: %+v", setting, set)
		}
	}
}

// Some slugs of sources begin with a dot, which clients leave out.
func TestSourceCatalog(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	const net = `{"name":"catalog/sources/.net","display_name":".NET","description":"Collect events with the .NET library.","type":"event",` +
		`"categories":["Server"],"logos":{"logo":"https://logos.example/net.svg","mark":"https://logos.example/net-mark.svg"}}`
	for _, slug := range []string{".net", "net"} {
		if got := strings.TrimSpace(api(s, workspaceToken, "GET", "/v1beta/catalog/sources/"+slug, "").Body.String()); got != net {
			t.Errorf("%s: %s", slug, got)
		}
	}
	want(t, api(s, workspaceToken, "GET", "/v1beta/catalog/sources/nosuch", ""), 404, apiErrorBody("catalog source does not exist", 5))
	if w := api(s, workspaceToken, "GET", "/v1beta/catalog/sources?page_size=1000", ""); !strings.Contains(w.Body.String(), net) || strings.Count(w.Body.String(), `"name"`) != 10 {
		t.Errorf("%s", w.Body)
	}
}

// Either half of the catalog can come from a file, with its own fields in its own order; the other half stays.
func TestCatalogFileOfSources(t *testing.T) {
	t.Parallel()
	const (
		one    = `{"name":"catalog/sources/.one","zeta":1,"display_name":"One","categories":["Server"],"alpha":{"z":null,"a":[1.5,"x"]}}`
		two    = `{"display_name":"Two","name":"catalog/sources/two"}`
		dest   = `{"settings":[{"type":"STRING","string_validators":{"regexp":"^(?!x)"},"description":"d","name":"key"}],"display_name":"D","name":"catalog/destinations/d"}`
		sample = "name: catalog/sources/.one\n  zeta: 1\n  display_name: One\n  categories: [Server]\n  alpha: {z: null, a: [1.5, x]}"
	)
	for name, c := range map[string]struct {
		content      string
		destinations string // "": the built-in ones
	}{
		"sources":     {`{"sources":[` + one + `,` + two + `]}`, ""},
		"both":        {`{"destinations":[` + dest + `],"sources":[` + one + `,` + two + `]}`, dest},
		"pages":       {`{"sources":[` + one + `],"next_page_token":"x"}{"destinations":[` + dest + `]}{"sources":[` + two + `]}`, dest},
		"bare list":   {`[` + one + `,` + dest + `,` + two + `]`, dest},
		"YAML":        {"sources:\n- " + sample + "\n- {display_name: Two, name: catalog/sources/two}\n", ""},
		"YAML pages":  {"- " + sample + "\n---\n# nothing\n---\ndestinations: [" + dest + "]\n---\nsources:\n- display_name: Two\n  name: catalog/sources/two\n", dest},
		"YAML merged": {"common: &c {display_name: One, categories: [Server]}\nsources:\n- name: catalog/sources/.one\n  zeta: 1\n  <<: *c\n  alpha: {z: null, a: [1.5, x]}\n- display_name: Two\n  name: catalog/sources/two\n", ""},
	} {
		s := newSandbox(t, Options{Scope: "workspace", CatalogFile: write(t, "catalog", c.content), Tokens: []string{workspaceToken}})
		if got, want := api(s, workspaceToken, "GET", "/v1beta/catalog/sources", "").Body.String(), `{"sources":[`+one+`,`+two+`],"next_page_token":""}`+"\n"; got != want {
			t.Errorf("%s: sources\n%s, want\n%s", name, got, want)
		}
		got := api(s, workspaceToken, "GET", "/v1beta/catalog/destinations", "").Body.String()
		if want := `{"destinations":[` + c.destinations + `],"next_page_token":""}` + "\n"; c.destinations != "" && got != want || c.destinations == "" && strings.Count(got, `"catalog/destinations/`) != 9 {
			t.Errorf("%s: destinations\n%s, want\n%s", name, got, want)
		}
		for slug, status := range map[string]int{"one": 200, ".one": 200, "two": 200, "javascript": 400} {
			body := `{"source":{"name":"workspaces/acme/sources/new","catalog_name":"catalog/sources/` + slug + `"}}`
			if w := api(s, workspaceToken, "POST", "/v1beta/workspaces/acme/sources", body); w.Code != status {
				t.Errorf("%s: a source of %s: %d %s", name, slug, w.Code, w.Body)
			}
			api(s, workspaceToken, "DELETE", "/v1beta/workspaces/acme/sources/new", "")
		}
	}
}

func TestBadCatalogFiles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ content, problem string }{
		"empty":          {"", "neither a destination nor a source"},
		"no entries":     {`{"destinations":[],"next_page_token":""}`, "neither a destination nor a source"},
		"another answer": {`{"workspaces":[{"name":"workspaces/acme"}]}`, "neither a destination nor a source"},
		"YAML comment":   {"# nothing\n", "neither a destination nor a source"},
		"bad name":       {`{"destinations":[{"name":"clearbrain"}]}`, `entry 1: name "clearbrain" is neither`},
		"no slug":        {`{"sources":[{"name":"catalog/sources/a"},{"name":"catalog/sources/"}]}`, "entry 2: name"},
		"wrong type":     {`{"sources":[{"name":"catalog/sources/a","display_name":5}]}`, "entry 2: "},
		"cut off":        {`{"destinations":[`, "unexpected EOF"},
		"repeated key":   {"sources: []\nsources: []\n", "already defined"},
		"endless alias":  {"sources: &a [*a]\n", "contains itself"},
	} {
		_, err := New(Options{CatalogFile: write(t, "catalog", c.content)})
		if err == nil || !strings.Contains(err.Error(), c.problem) {
			t.Errorf("%s: %v, want %s", name, err, c.problem)
		}
	}
}
