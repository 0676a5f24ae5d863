package sandbox

import (
	"encoding/json"
	"testing"
)

// Every setting type with its validators, as the catalog gives them.
func TestCheckValue(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	if err := s.SetQuirk("patterns", "checked"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		setting, value string
		ok             bool
	}{
		{`{"type":"STRING","string_validators":{"regexp":""}}`, `""`, true},
		{`{"type":"STRING","string_validators":{"regexp":"^.{8,}$"}}`, `"abcd1234"`, true},
		{`{"type":"STRING","string_validators":{"regexp":"^.{8,}$"}}`, `"abcd123"`, false},
		{`{"type":"STRING","string_validators":{"regexp":"^(?!www\\.)"}}`, `"www.example.com"`, false},
		{`{"type":"PASSWORD"}`, `"x"`, true},
		{`{"type":"PASSWORD"}`, `1`, false},
		{`{"type":"COLOR"}`, `"#ff0000"`, true},
		{`{"type":"COLOR"}`, `[255,0,0]`, false},
		{`{"type":"MULTI_LINE_STRING"}`, `"a\nb"`, true},
		{`{"type":"MULTI_LINE_STRING"}`, `["a","b"]`, false},
		{`{"type":"BOOLEAN"}`, `false`, true},
		{`{"type":"BOOLEAN"}`, `0`, false},
		{`{"type":"NUMBER","number_validators":{"min":0,"max":0}}`, `-5`, true},
		{`{"type":"NUMBER","number_validators":{"min":1,"max":100}}`, `1`, true},
		{`{"type":"NUMBER","number_validators":{"min":1,"max":100}}`, `100`, true},
		{`{"type":"NUMBER","number_validators":{"min":1,"max":100}}`, `0.9`, false},
		{`{"type":"NUMBER","number_validators":{"min":1,"max":100}}`, `101`, false},
		{`{"type":"NUMBER","number_validators":{"min":300,"max":0}}`, `300`, true},
		{`{"type":"NUMBER","number_validators":{"min":300,"max":0}}`, `1e9`, true},
		{`{"type":"NUMBER","number_validators":{"min":300,"max":0}}`, `299`, false},
		{`{"type":"NUMBER","number_validators":{"min":-5,"max":0}}`, `1`, false},
		{`{"type":"MIXED"}`, `[1e999]`, false},
		{`{"type":"LIST"}`, `[]`, true},
		{`{"type":"LIST"}`, `{}`, false},
		{`{"type":"MIXED"}`, `[{"a":1}]`, true},
		{`{"type":"SELECT"}`, `"anything"`, true},
		{`{"type":"SELECT"}`, `["anything"]`, false},
		{`{"type":"SELECT"}`, `{}`, false},
		{`{"type":"SELECT","select_validators":{"select_options":null}}`, `"anything"`, true},
		{`{"type":"SELECT","select_validators":{"select_options":["US-01","EU-01"]}}`, `"EU-01"`, true},
		{`{"type":"SELECT","select_validators":{"select_options":["US-01","EU-01"]}}`, `"eu-01"`, false},
		{`{"type":"SELECT","select_validators":{"select_options":[0,1000000]}}`, `"1000000"`, true},
		{`{"type":"SELECT","select_validators":{"select_options":["0","1"]}}`, `1`, true},
		{`{"type":"SELECT","select_validators":{"select_options":[0,1]}}`, `2`, false},
		{`{"type":"SELECT","select_validators":{"select_options":["true"]}}`, `true`, true},
		{`{"type":"MAP"}`, `{}`, true},
		{`{"type":"MAP"}`, `"a"`, false},
		{`{"type":"MAP","map_validators":{"min":1,"max":2}}`, `{}`, false},
		{`{"type":"MAP","map_validators":{"min":1,"max":2}}`, `{"a":1,"b":2}`, true},
		{`{"type":"MAP","map_validators":{"min":1,"max":2}}`, `{"a":1,"b":2,"c":3}`, false},
		{`{"type":"MAP","map_validators":{"map_prefix":"e."}}`, `{"e.a":"x"}`, true},
		{`{"type":"MAP","map_validators":{"map_prefix":"e."}}`, `{"a":"e.x"}`, true},
		{`{"type":"MAP","map_validators":{"map_prefix":"e."}}`, `{"a":"x"}`, false},
		{`{"type":"MAP","map_validators":{"regexp":"^dimension\\d+$"}}`, `{"a":"dimension7"}`, true},
		{`{"type":"MAP","map_validators":{"regexp":"^dimension\\d+$"}}`, `{"a":"x"}`, false},
		{`{"type":"MAP","map_validators":{"select_options":["x","2"]}}`, `{"a":"x","b":2}`, true},
		{`{"type":"MAP","map_validators":{"select_options":["x","2"]}}`, `{"a":"z"}`, false},
		{`{"type":"STRING"}`, ``, false},
	} {
		var set catalogSetting
		if err := json.Unmarshal([]byte(c.setting), &set); err != nil {
			t.Fatal(err)
		}
		if err := s.checkValue(&set, json.RawMessage(c.value)); c.ok != (err == nil) {
			t.Errorf("%s with %s: %v", c.setting, c.value, err)
		}
	}
}
