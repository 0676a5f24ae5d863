package segment

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func catalogSettings(t *testing.T) []Setting {
	t.Helper()
	var settings []Setting
	err := json.Unmarshal([]byte(`[
		{"name":"apiKey","type":"STRING","required":true,"string_validators":{"regexp":"^.{8,}$"}},
		{"name":"oldKey","type":"STRING","required":true,"deprecated":true},
		{"name":"trackingId","type":"STRING","string_validators":{"regexp":"^UA-\\d+-\\d+$"}},
		{"name":"domain","type":"STRING","string_validators":{"regexp":"^(?!www\\.)"}},
		{"name":"suffix","type":"STRING","string_validators":{"regexp":"(?=x)x$"}},
		{"name":"inside","type":"STRING","string_validators":{"regexp":"b+"}},
		{"name":"nonsense","type":"STRING","string_validators":{"regexp":"(("}},
		{"name":"endless","type":"STRING","string_validators":{"regexp":"^(?=a)(a+)+$"}},
		{"name":"anonymizeIp","type":"BOOLEAN"},
		{"name":"sampleRate","type":"NUMBER","number_validators":{"min":0,"max":100}},
		{"name":"threshold","type":"NUMBER","number_validators":{"min":0,"max":0}},
		{"name":"interval","type":"NUMBER","number_validators":{"min":300,"max":0}},
		{"name":"depth","type":"NUMBER","number_validators":{"min":-5,"max":0}},
		{"name":"persistence","type":"SELECT","select_validators":{"select_options":["cookie","localStorage"]}},
		{"name":"datacenter","type":"SELECT"},
		{"name":"peopleProperties","type":"LIST"},
		{"name":"dimensions","type":"MAP","map_validators":{"max":2,"regexp":"^dimension\\d+$"}},
		{"name":"levels","type":"MAP","map_validators":{"select_options":["low","high"]}},
		{"name":"secretHeaders","type":"MAP","map_validators":{"regexp":"^x$"}},
		{"name":"hooks","type":"MIXED"},
		{"name":"shape","type":"GEOMETRY"}
	]`), &settings)
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

func TestCheck(t *testing.T) {
	t.Parallel()
	settings := catalogSettings(t)
	for _, test := range []struct{ name, value, want string }{
		{"apiKey", `"abcd1234"`, ""},
		{"apiKey", `"hunter2"`, `setting "apiKey" must match ^.{8,}$`},
		{"apiKey", `""`, `setting "apiKey" is required and cannot be empty`},
		{"apiKey", `null`, `setting "apiKey" is required`},
		{"apiKey", `12345678`, `setting "apiKey" must be a string, not a number`},
		{"trackingId", `"UA-970334309-1"`, ""},
		{"trackingId", `"nope"`, `setting "trackingId" must match ^UA-\d+-\d+$`},
		{"trackingId", `null`, ""},
		{"domain", `"example.com"`, ""},
		{"domain", `"www.example.com"`, `setting "domain" must match ^(?!www\.)`},
		{"suffix", `"yx"`, ""},
		{"suffix", `"yx\n"`, `setting "suffix" must match (?=x)x$`},
		{"inside", `"abc"`, ""},
		{"inside", `"ac"`, `setting "inside" must match b+`},
		{"nonsense", `"anything"`, ""},
		{"anonymizeIp", `true`, ""},
		{"anonymizeIp", `"true"`, `setting "anonymizeIp" must be a boolean, not a string`},
		{"sampleRate", `5`, ""},
		{"sampleRate", `100`, ""},
		{"sampleRate", `100.5`, `setting "sampleRate" must be 0 to 100`},
		{"sampleRate", `-1`, `setting "sampleRate" must be 0 to 100`},
		{"sampleRate", `1e999`, `setting "sampleRate" is too large a number`},
		{"sampleRate", `[5]`, `setting "sampleRate" must be a number, not a list`},
		{"threshold", `5000`, ""},
		{"interval", `300`, ""},
		{"interval", `1e9`, ""},
		{"interval", `299`, `setting "interval" must be at least 300`},
		{"depth", `1`, `setting "depth" must be -5 to 0`},
		{"persistence", `"cookie"`, ""},
		{"persistence", `"Cookie"`, `setting "persistence" must be one of cookie, localStorage`},
		{"persistence", `["cookie"]`, `setting "persistence" must be a string, not a list`},
		{"datacenter", `"US01"`, ""},
		{"peopleProperties", `["a"]`, ""},
		{"peopleProperties", `"a"`, `setting "peopleProperties" must be a list, not a string`},
		{"dimensions", `{"plan":"dimension1","n":5}`, ""},
		{"dimensions", `[]`, `setting "dimensions" must be a map, not a list`},
		{"dimensions", `{"a":"dimension1","b":"dimension2","c":"dimension3"}`, `setting "dimensions" must have at most 2 entries, not 3`},
		{"dimensions", `{"plan":"x","zone":"y"}`, `setting "dimensions" has the key "plan", whose value must match ^dimension\d+$`},
		{"levels", `{"a":"low"}`, ""},
		{"levels", `{"a":"middle"}`, `setting "levels" has the key "a", whose value must be one of low, high`},
		{"secretHeaders", `{"hunter2":"hunter2"}`, `setting "secretHeaders" must have values that match ^x$`},
		{"hooks", `[{"hook":"https://x.example"}]`, ""},
		{"shape", `5`, ""},
		{"hooks", `{hunter2`, `setting "hooks" is not valid JSON`},
		{"apikey", `"abcd1234"`, `setting "apikey" is unknown (nearest: apiKey)`},
		{"zzzzzz", `1`, `setting "zzzzzz" is unknown`},
	} {
		problems := Check(settings, map[string]json.RawMessage{test.name: json.RawMessage(test.value)}, false)
		got := ""
		for _, p := range problems {
			got += p.Error()
		}
		if got != test.want {
			t.Errorf("%s=%s: %q, want %q", test.name, test.value, got, test.want)
		}
	}
}

func TestCheckIgnoresCaseOfTypes(t *testing.T) {
	t.Parallel()
	got := Check([]Setting{{Name: "rate", Type: "number"}}, map[string]json.RawMessage{"rate": json.RawMessage(`"5"`)}, false)
	want := []Problem{{Setting: "rate", Msg: "must be a number, not a string"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCheckOrder(t *testing.T) {
	t.Parallel()
	settings := catalogSettings(t)
	values := map[string]json.RawMessage{}
	for _, name := range []string{"zzzz", "levels", "anonymizeIp", "qqqq"} {
		values[name] = json.RawMessage(`"x"`)
	}
	names := func(complete bool) (names []string) {
		for _, p := range Check(settings, values, complete) {
			names = append(names, p.Setting)
		}
		return names
	}
	if diff := cmp.Diff([]string{"qqqq", "zzzz", "anonymizeIp", "levels"}, names(false)); diff != "" {
		t.Error(diff)
	}
	// apiKey is missing; oldKey is too, but deprecated.
	if diff := cmp.Diff([]string{"qqqq", "zzzz", "apiKey", "anonymizeIp", "levels"}, names(true)); diff != "" {
		t.Error(diff)
	}
}

// A pattern that would backtrack for longer than a session lasts leaves the decision to the server.
func TestCheckBoundsBacktracking(t *testing.T) {
	t.Parallel()
	value, err := json.Marshal(strings.Repeat("a", 64) + "!")
	if err != nil {
		t.Fatal(err)
	}
	settings := catalogSettings(t)
	i := slices.IndexFunc(settings, func(s Setting) bool { return s.Name == "endless" })
	if problems := Check(settings[i:i+1], map[string]json.RawMessage{"endless": value}, true); len(problems) > 0 {
		t.Error(problems)
	}
	short := map[string]json.RawMessage{"endless": json.RawMessage(`"a!"`)}
	if problems := Check(settings[i:i+1], short, true); len(problems) != 1 {
		t.Errorf("a pattern that is decided in time is not checked: %v", problems)
	}
}
