package segment

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func setting(t *testing.T, text string) Setting {
	t.Helper()
	var s Setting
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSettingRule(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"type":"STRING","string_validators":{"regexp":"^.{8,}$"}}`: "matches ^.{8,}$",
		`{"type":"STRING","string_validators":{"regexp":""}}`:        "",
		`{"type":"BOOLEAN"}`: "",
		`{"type":"NUMBER","number_validators":{"min":0,"max":100}}`:                                                       "0 to 100",
		`{"type":"NUMBER","number_validators":{"min":0,"max":0}}`:                                                         "",
		`{"type":"NUMBER","number_validators":{"min":1.5,"max":0}}`:                                                       "at least 1.5",
		`{"type":"SELECT","select_validators":{"select_options":["cookie","localStorage"]}}`:                              "one of cookie, localStorage",
		`{"type":"SELECT","select_validators":{"select_options":[1,true,{"a": 1}]}}`:                                      `one of 1, true, {"a":1}`,
		`{"type":"SELECT","select_validators":{"select_options":[]}}`:                                                     "",
		`{"type":"MAP","map_validators":{"regexp":"","min":0,"max":0,"map_prefix":"","select_options":[]}}`:               "",
		`{"type":"MAP","map_validators":{"max":20}}`:                                                                      "at most 20 entries",
		`{"type":"MAP","map_validators":{"min":2}}`:                                                                       "at least 2 entries",
		`{"type":"MAP","map_validators":{"regexp":"^d","min":1,"max":2,"map_prefix":"dim","select_options":["d1","d2"]}}`: "1 to 2 entries; values match ^d; values are one of d1, d2; prefix dim",
	} {
		if got := setting(t, text).Rule(); got != want {
			t.Errorf("Rule of %s = %q, want %q", text, got, want)
		}
	}
}

func TestSettingReadsCatalogEntry(t *testing.T) {
	t.Parallel()
	got := setting(t, `{"name":"hooks","display_name":"Hooks","type":"MIXED","deprecated":true,"required":true,
		"description":"Where to","unheard_of":1,"settings":[{"name":"hook","type":"STRING"}]}`)
	want := Setting{
		Name: "hooks", DisplayName: "Hooks", Type: "MIXED", Deprecated: true, Required: true, Description: "Where to",
		Settings: []Setting{{Name: "hook", Type: "STRING"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
