package secret

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// judged is one line of testdata/cases.json, the table that the sandbox's own judge is tested with too.
type judged struct {
	Name        string          `json:"name"`
	DisplayName string          `json:"display_name"`
	Type        string          `json:"type"`
	Value       json.RawMessage `json:"value"`
	Secret      bool            `json:"secret"`
	Hides       []any           `json:"hides"` // what must not be left of the value
	Shows       []string        `json:"shows"` // what must be
}

func cases(t testing.TB) []judged {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all []judged
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) < 100 {
		t.Fatalf("only %d cases", len(all))
	}
	return all
}

// check reports what of the case is wrong in what is shown of its value. Slashes and quotation marks of JSON in a string
// may be escaped.
func (c judged) check(t *testing.T, way, shown string) {
	t.Helper()
	for _, hidden := range c.Hides {
		text, ok := hidden.(string)
		if !ok {
			t.Fatalf("%s: hides %v", c.Name, hidden)
		}
		if strings.Contains(shown, text) {
			t.Errorf("%s of %s (%s, %s) shows %q: %s", way, c.Name, c.DisplayName, c.Type, text, shown)
		}
	}
	for _, text := range c.Shows {
		if !strings.Contains(shown, text) && !strings.Contains(shown, strings.Trim(strconv.Quote(text), `"`)) {
			t.Errorf("%s of %s (%s, %s) hides %q: %s", way, c.Name, c.DisplayName, c.Type, text, shown)
		}
	}
}

func TestSettingJudgesTheCases(t *testing.T) {
	t.Parallel()
	for _, c := range cases(t) {
		s := Setting{Name: "workspaces/acme/sources/js/destinations/x/config/" + c.Name, DisplayName: c.DisplayName, Type: c.Type}
		if got := s.Holds(c.Value); got != c.Secret {
			t.Errorf("%s (%s, %s) = %s: holds a secret is %v", c.Name, c.DisplayName, c.Type, c.Value, got)
		}
		masked := s.Mask(c.Value)
		if !json.Valid(masked) {
			t.Errorf("%s: masked is no JSON: %s", c.Name, masked)
		}
		if !c.Secret && !bytes.Equal(masked, c.Value) {
			t.Errorf("%s: what has no secret became %s", c.Name, masked)
		}
		c.check(t, "mask", string(masked))
	}
}

// What Document hides of an entry is what its setting's mask hides, and what it finds is what the Redactor must learn.
func TestDocumentJudgesTheCases(t *testing.T) {
	t.Parallel()
	for _, c := range cases(t) {
		entry := map[string]any{"name": "workspaces/acme/sources/js/destinations/x/config/" + c.Name, "value": c.Value, "type": c.Type}
		if c.DisplayName != "" {
			entry["display_name"] = c.DisplayName
		}
		body := encode(map[string]any{"destination": map[string]any{"config": []any{entry}}})
		masked, found, ok := Document(body, nil)
		if !ok || !json.Valid(masked) {
			t.Errorf("%s: document is %s", c.Name, masked)
			continue
		}
		_, rest, _ := strings.Cut(string(masked), `"value":`) // the name of the setting may hold what the value must not
		c.check(t, "document", rest)
		if hasText := len(c.Hides) > 0; c.Secret && hasText != (len(found) > 0) {
			t.Errorf("%s: found %q", c.Name, found)
		}
	}
}

func TestTextsAreWhatMaskHides(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		setting Setting
		value   string
		want    []string
	}{
		{Setting{Name: "apiKey"}, `"canary"`, []string{"canary"}},
		{Setting{Name: "apiKey"}, `null`, nil},
		{Setting{Name: "apiKey"}, ``, nil},
		{Setting{Name: "apiKey"}, `not JSON`, []string{"not JSON"}},
		{Setting{Name: "domain"}, `not JSON`, nil},
		{Setting{Name: "apiKey"}, `"Bearer canary"`, []string{"Bearer canary", "canary"}},
		{Setting{Name: "hooks"}, `[{"headers":{"Authorization":"Bearer canary","Accept":"*/*"}}]`, []string{"Bearer canary", "canary"}},
		{Setting{Name: "endpoint"}, `"https://u:p%40ss@a.example/"`, []string{"p%40ss", "p@ss"}},
		{Setting{Name: "apiKey"}, `"{\"inner\":\"canary\"}"`, []string{"canary", `{"inner":"canary"}`}},
		{Setting{Name: "pin", Type: "PASSWORD"}, `12345678`, []string{"12345678"}},
	} {
		if diff := cmp.Diff(test.want, test.setting.Texts(json.RawMessage(test.value))); diff != "" {
			t.Errorf("%s = %s (-want +got)\n%s", test.setting.Name, test.value, diff)
		}
	}
}

func TestMaskKeepsTheShape(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, value, want string }{
		{"apiKey", ` {"a":"abcdefghijkl","b":[12,true,null,""]} `, `{"a":"••••••••ijkl","b":["••••••••",true,null,""]}`},
		{"apiKey", `null`, `null`},
		{"apiKey", ``, ``},
		{"apiKey", `not JSON`, `"••••••••"`},
		{"domain", ` {"b":1.10,"a":12345678901234567890123} `, ` {"b":1.10,"a":12345678901234567890123} `},
		{"endpoint", `"https://u:pw@a.example/?q=<&>"`, `"https://••••••••:••••••••@a.example/?q=<&>"`},
		{"tokens", `{"Ab1Cd2Ef3Gh4Ij5Kl6Mn7":1,"Zb1Cd2Ef3Gh4Ij5Kl6Mn7":2}`, `{"••••••••6Mn7":"••••••••","••••••••6Mn7 (2)":"••••••••"}`},
	} {
		if got := string(Setting{Name: test.name}.Mask(json.RawMessage(test.value))); got != test.want {
			t.Errorf("mask of %s = %s is %s, want %s", test.name, test.value, got, test.want)
		}
	}
}

// Neither depth nor JSON inside JSON inside JSON ends the judge, and what it does not look into is hidden.
func TestJudgeIsBounded(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`[`, 5000) + `"canary-deep"` + strings.Repeat(`]`, 5000)
	inside := `{"domain":"canary-inside"}`
	for range 7 {
		inside = `{"domain":` + string(encode(inside)) + `}`
	}
	for _, value := range []string{deep, inside} {
		masked := string(Setting{Name: "domain"}.Mask(json.RawMessage(value)))
		if !json.Valid([]byte(masked)) || strings.Contains(masked, "canary") {
			t.Errorf("masked is %.200s", masked)
		}
	}
	urls := encode(strings.Repeat("https://u:canary@a.example/,", 500))
	if masked := string(Setting{Name: "domain"}.Mask(urls)); strings.Contains(masked, "canary") {
		t.Errorf("masked is %.200s", masked)
	}
}
