package sandbox

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// sampleTexts has a text for every pattern of the generated catalog, and of the built-in one.
var sampleTexts = map[string]string{
	"": "any", `^.{8,}$`: "abcd1234", `^UA-\d+-\d+$`: "UA-970334309-1", `^(?!www\.)`: "example.com", `^https?://`: "https://x.example",
	`^(?=.*\d)[a-z0-9]+$`: "abc123", "((": "no engine knows this pattern",
}

// sampleValue is a value that the catalog allows.
func sampleValue(s *catalogSetting) string {
	switch s.Type {
	case "BOOLEAN":
		return "true"
	case "NUMBER":
		if v := s.NumberValidators; v != nil && v.Max > 0 {
			return fmt.Sprint(v.Max)
		} else if v != nil {
			return fmt.Sprint(v.Min + 1e6)
		}
		return "2.50"
	case "LIST":
		return `["a","b"]`
	case "MAP":
		prefix := ""
		if s.MapValidators != nil {
			prefix = s.MapValidators.MapPrefix
		}
		return `{"plan":"` + prefix + `1","zone":"` + prefix + `2"}`
	case "MIXED":
		return `[{"hook":"https://x.example","headers":{"z":1,"a":null}}]`
	case "SELECT":
		if v := s.SelectValidators; v != nil && len(v.SelectOptions) > 0 {
			return jsonText(v.SelectOptions[len(v.SelectOptions)-1])
		}
		return `"anything"`
	case "COLOR":
		return `"#ff0000"`
	case "MULTI_LINE_STRING":
		return `"a\nb"`
	}
	if s.StringValidators != nil {
		return jsonText(sampleTexts[s.StringValidators.Regexp])
	}
	return `"<any> & 'all'"`
}

// bigCatalog makes a catalog as the real one is: 316 destinations whose settings have the types, the rules and the
// oddities of segment.md's count, each as the bytes that the API would send.
func bigCatalog() []string {
	random := rand.New(rand.NewPCG(1, 2))
	var types []string
	for _, c := range []struct {
		kind string
		n    int
	}{{"STRING", 587 - 275}, {"BOOLEAN", 307}, {"MAP", 71}, {"LIST", 37}, {"SELECT", 33}, {"MIXED", 29}, {"NUMBER", 22}, {"COLOR", 6}, {"PASSWORD", 5}, {"MULTI_LINE_STRING", 1}} {
		for range c.n {
			types = append(types, c.kind)
		}
	}
	random.Shuffle(len(types), func(i, j int) { types[i], types[j] = types[j], types[i] })
	rules := map[string][]string{
		"STRING": {
			`,"string_validators":{"regexp":""}`, `,"string_validators":{"regexp":"^.{8,}$"}`, `,"string_validators":{"regexp":"^(?!www\\.)"}`,
			`,"string_validators":{"regexp":"^(?=.*\\d)[a-z0-9]+$"}`, `,"string_validators":{"regexp":"^https?://"}`, `,"string_validators":{"regexp":"(("}`, "",
		},
		"NUMBER": {
			`,"number_validators":{"min":300,"max":0}`, `,"number_validators":{"min":0,"max":0}`, `,"number_validators":{"min":1,"max":100}`, "",
		},
		"SELECT": {
			`,"select_validators":{"select_options":null}`, `,"select_validators":{"select_options":["us","eu-01"]}`,
			`,"select_validators":{"select_options":[0,1000000]}`, `,"select_validators":{"select_options":["true","false"]}`,
		},
		"MAP": {
			`,"map_validators":{"regexp":"","min":0,"max":0,"map_prefix":"","select_options":null}`, "",
			`,"map_validators":{"regexp":"^dimension\\d+$","min":0,"max":200,"map_prefix":"dimension","select_options":[]}`,
		},
		"MIXED": {"", `,"mixed_validators":{"unknown":[1.50,null]}`},
	}
	const nested = `[{"name":"hook.url","display_name":"URL","type":"STRING","deprecated":false,"required":true,"string_validators":{"regexp":"^https?://"},"description":"","settings":[]}]`
	setting := func(name, kind string, required bool) string {
		rule, inner := "", "[]"
		if all := rules[kind]; len(all) > 0 {
			rule = all[random.IntN(len(all))]
		}
		if kind == "MIXED" {
			inner = nested
		}
		return fmt.Sprintf(`{"name":%q,"display_name":%q,"type":%q,"deprecated":%t,"required":%t%s,"description":"<b>%s</b> & more","settings":%s}`,
			name, strings.ToUpper(name), kind, random.IntN(30) == 0, required, rule, name, inner)
	}
	names := []string{"2mee", "customer.io", "appboy", "a.b.c-d", "x_y"}
	entries := make([]string, 316)
	for i := range entries {
		slug := fmt.Sprintf("partner-%d", i)
		if i < len(names) {
			slug = names[i]
		}
		var settings []string
		if i < 275 { // 41 of 316 require none
			key := "apiKey"
			if i >= 161 {
				key = []string{"token", "siteId", "app.id"}[i%3]
			}
			settings = append(settings, setting(key, "STRING", true))
		}
		for n := i; n < len(types); n += len(entries) {
			settings = append(settings, setting(fmt.Sprintf("option.%d", n), types[n], i < 63 && n == i))
		}
		entries[i] = fmt.Sprintf(`{"name":"catalog/destinations/%s","display_name":"Partner %d","description":"é <b>&","type":"STREAMING","website":"https://p%d.example",`+
			`"status":%q,"previous_names":null,"logos":{"logo":"https://l.example/%d.svg","mark":""},"categories":{"primary":"Analytics","secondary":"","additional":null},`+
			`"components":[],"platforms":{"browser":true,"server":true,"mobile":false},"methods":{"alias":true,"group":false,"identify":true,"page_view":false,"track":true},`+
			`"browserUnbundlingSupported":true,"browserUnbundlingPublic":false,"settings":[%s],"unknown_field":%d.50}`,
			slug, i, i, []string{"PUBLIC", "PUBLIC_BETA"}[i%2], i, strings.Join(settings, ","), i)
	}
	return entries
}

// The generated catalog is what it claims to be: a mistake in it would prove nothing.
func TestBigCatalogIsLikeTheRealOne(t *testing.T) {
	t.Parallel()
	types, required, apiKeys, odd := map[string]int{}, 0, 0, map[string]bool{}
	for _, raw := range bigCatalog() {
		var d catalogDestination
		if err := json.Unmarshal([]byte(raw), &d); err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, s := range d.Settings {
			types[s.Type]++
			if s.Required {
				n++
			}
			if s.Required && s.Name == "apiKey" {
				apiKeys++
			}
			switch {
			case s.NumberValidators != nil && *s.NumberValidators == numberValidators{300, 0}:
				odd["min 300, max 0"] = true
			case s.SelectValidators != nil && s.SelectValidators.SelectOptions == nil:
				odd["null options"] = true
			case s.StringValidators != nil && strings.Contains(s.StringValidators.Regexp, "(?!"):
				odd["look-ahead"] = true
			case len(s.Settings) > 0:
				odd["nested"] = true
			}
		}
		if n > 0 {
			required++
		}
	}
	if len(types) != 10 || types["STRING"] != 587 || types["BOOLEAN"] != 307 || types["MULTI_LINE_STRING"] != 1 || required != 316-41 || apiKeys != 161 || len(odd) != 4 {
		t.Errorf("types %v, %d with required settings, %d with a required apiKey, %v", types, required, apiKeys, odd)
	}
}

// Every entry of a catalog of the size of the real one is listed and shown as it came, can be created with all its
// settings, and reads back what was written.
func TestBigCatalog(t *testing.T) {
	t.Parallel()
	entries := bigCatalog()
	file := write(t, "catalog.json", `{"destinations":[`+strings.Join(entries, ",")+`],"next_page_token":""}`)
	for _, quirks := range []map[string]string{{}, {"patterns": "checked", "config": "all", "page-size": "100", "json": "strict"}} {
		t.Run(fmt.Sprint(quirks), func(t *testing.T) {
			t.Parallel()
			s := newSandbox(t, Options{Scope: "workspace", CatalogFile: file, Tokens: []string{workspaceToken}, Quirks: quirks, Now: newClock().Now})
			get := func(path string) string {
				return strings.TrimSpace(api(s, workspaceToken, "GET", "/v1beta/"+path, "").Body.String())
			}
			pages := func(path, key string) (items []json.RawMessage) {
				for token := ""; ; {
					var answer map[string]json.RawMessage
					if err := json.Unmarshal([]byte(get(path+"?page_token="+token)), &answer); err != nil {
						t.Fatal(err)
					}
					var page []json.RawMessage
					if json.Unmarshal(answer[key], &page) != nil || json.Unmarshal(answer["next_page_token"], &token) != nil {
						t.Fatalf("%s: %v", path, answer)
					}
					if items = append(items, page...); token == "" {
						return items
					}
				}
			}
			listed := pages("catalog/destinations", "destinations")
			if len(listed) != len(entries) {
				t.Fatalf("%d of %d entries are listed", len(listed), len(entries))
			}
			for i, raw := range entries {
				var d catalogDestination
				if err := json.Unmarshal([]byte(raw), &d); err != nil {
					t.Fatal(err)
				}
				if string(listed[i]) != raw || get(d.Name) != raw {
					t.Fatalf("listed %s\nalone  %s\nwant   %s", listed[i], get(d.Name), raw)
				}
				checkCreation(t, s, &d)
			}
			created := pages("workspaces/acme/sources/js/destinations", "destinations")
			if len(created) != len(entries) {
				t.Fatalf("%d of %d destinations are listed", len(created), len(entries))
			}
			for i, item := range created {
				if alone := get("workspaces/acme/sources/js/destinations/" + lastWord(decodeName(t, entries[i]))); alone != string(item) {
					t.Errorf("listed %s\nalone  %s", item, alone)
				}
			}
		})
	}
}

func decodeName(t *testing.T, raw string) string {
	t.Helper()
	var n named
	if err := json.Unmarshal([]byte(raw), &n); err != nil {
		t.Fatal(err)
	}
	return n.Name
}

// checkCreation creates a destination with all settings of its entry, after it was refused without the required ones.
func checkCreation(t *testing.T, s *Server, d *catalogDestination) {
	t.Helper()
	name := "workspaces/acme/sources/js/destinations/" + lastWord(d.Name)
	post := func(config []string) (int, string) {
		w := api(s, workspaceToken, "POST", destinationsPath, `{"destination":{"name":"`+name+`","enabled":true,"config":[`+strings.Join(config, ",")+`]}}`)
		return w.Code, strings.TrimSpace(w.Body.String())
	}
	config, want, needs := []string{}, []string{}, false
	for i := range d.Settings {
		set := &d.Settings[i]
		full, value := name+"/config/"+set.Name, sampleValue(set)
		config = append(config, fmt.Sprintf(`{"name":%q,"value":%s}`, full, value))
		want = append(want, fmt.Sprintf(`{"name":%q,"display_name":%q,"value":%s,"type":%q}`, full, set.DisplayName, value, strings.ToLower(set.Type)))
		needs = needs || set.Required
	}
	if status, answer := post(nil); needs != (status == 400) || needs && !strings.Contains(answer, "is required") {
		t.Errorf("%s without settings: %d %s", name, status, answer)
	}
	if !needs {
		api(s, workspaceToken, "DELETE", "/v1beta/"+name, "")
	}
	status, answer := post(config)
	if status != 200 || !strings.Contains(answer, `"config":[`+strings.Join(want, ",")+`]`) {
		t.Errorf("%s with %s: %d %s", name, config, status, answer)
	}
	if read := strings.TrimSpace(api(s, workspaceToken, "GET", "/v1beta/"+name, "").Body.String()); read != answer {
		t.Errorf("created %s\nread    %s", answer, read)
	}
}
