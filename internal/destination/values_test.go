package destination

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/segment"
)

func TestValues(t *testing.T) {
	t.Parallel()
	known := Needs{Slug: "x", Known: true, Key: "apiKey", Settings: []segment.Setting{
		{Name: "apiKey", Type: "STRING", Required: true},
		{Name: "zip", Type: "STRING"},
		{Name: "rate", Type: "NUMBER"},
		{Name: "old", Type: "STRING", Required: true, Deprecated: true},
	}}
	guessed := Needs{Slug: "x", Key: "apiKey"}
	key := "12345"
	for name, c := range map[string]struct {
		needs  Needs
		change Change
		more   map[string]json.RawMessage
		want   map[string]string
		fault  string
	}{
		"the key":          {needs: known, change: Change{Key: &key}, want: map[string]string{"apiKey": `"12345"`}},
		"the key, unknown": {needs: guessed, change: Change{Key: &key}, want: map[string]string{"apiKey": `"12345"`}},
		"typed": {
			needs: known, change: Change{Key: &key, Set: []Pair{{"zip", "01234"}, {"rate", "7"}}},
			want: map[string]string{"apiKey": `"12345"`, "zip": `"01234"`, "rate": "7"},
		},
		"by its looks": {needs: guessed, change: Change{Set: []Pair{{"rate", "7"}, {"name", "x"}}}, want: map[string]string{"rate": "7", "name": `"x"`}},
		"JSON":         {needs: guessed, change: Change{SetJSON: []Pair{{"list", `["a"]`}}}, want: map[string]string{"list": `["a"]`}},
		"a flag goes before a file": {
			needs: known, change: Change{Key: &key}, more: map[string]json.RawMessage{"apiKey": json.RawMessage(`"other"`), "rate": json.RawMessage("1")},
			want: map[string]string{"apiKey": `"12345"`, "rate": "1"},
		},
		"missing":   {needs: known, change: Change{Set: []Pair{{"rate", "7"}}}, fault: `setting "apiKey" is required`},
		"not typed": {needs: known, change: Change{Key: &key, Set: []Pair{{"rate", "c4nary"}}}, fault: `setting "rate" must be a number`},
		"no JSON":   {needs: guessed, change: Change{SetJSON: []Pair{{"list", "c4nary{"}}}, fault: `setting "list" is not JSON`},
		"no name":   {needs: guessed, more: map[string]json.RawMessage{"a/b": nil}, fault: "a/b"},
	} {
		got, err := c.needs.Values(c.change, c.more)
		if c.fault != "" {
			if err == nil || !strings.Contains(err.Error(), c.fault) || strings.Contains(err.Error(), "c4nary") {
				t.Errorf("%s: %v", name, err)
			}
			if wrong, ok := errors.AsType[*SettingsError](err); ok && !wrong.Binding {
				t.Errorf("%s: no flag of serve link can leave the judgement to Segment", name)
			}
			continue
		}
		texts := map[string]string{}
		for setting, value := range got {
			texts[setting] = string(value)
		}
		if diff := cmp.Diff(c.want, texts); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}
