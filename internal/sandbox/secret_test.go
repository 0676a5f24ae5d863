package sandbox

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
)

// The cases are those of the command line's judge, whose code the sandbox does not share: what one hides, the other hides.
func TestLogAndDashboardJudgeTheCases(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../secret/testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		configEntry
		Secret bool     `json:"secret"`
		Hides  []string `json:"hides"`
		Shows  []string `json:"shows"`
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 100 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, c := range cases {
		setting := c.Name
		c.Name = "workspaces/acme/sources/js/destinations/x/config/" + setting
		body, err := json.Marshal(map[string]any{"destination": map[string]any{"config": []configEntry{c.configEntry}}})
		if err != nil {
			t.Fatal(err)
		}
		var logged struct {
			Destination struct{ Config []configEntry }
		}
		if err := json.Unmarshal([]byte(bodyForLog("application/json", body)), &logged); err != nil {
			t.Fatalf("%s: %v", setting, err)
		}
		for way, shown := range map[string]string{
			"log":       string(logged.Destination.Config[0].Value),
			"dashboard": settingForPage(c.configEntry),
		} {
			shown = strings.ReplaceAll(shown, `\u0026`, "&") // it is JSON in which HTML is escaped
			for _, text := range c.Hides {
				if strings.Contains(shown, text) {
					t.Errorf("the %s of %s (%s, %s) shows %q: %s", way, setting, c.DisplayName, c.Type, text, shown)
				}
			}
			for _, text := range c.Shows {
				if !strings.Contains(shown, text) && !strings.Contains(shown, strings.Trim(strconv.Quote(text), `"`)) {
					t.Errorf("the %s of %s (%s, %s) hides %q: %s", way, setting, c.DisplayName, c.Type, text, shown)
				}
			}
			if !c.Secret && strings.Contains(shown, masked) {
				t.Errorf("the %s of %s (%s, %s) masks %s: %s", way, setting, c.DisplayName, c.Type, c.Value, shown)
			}
		}
	}
}

func TestBodyForLog(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded"
	deep := strings.Repeat("[", 1000) + `"canary"` + strings.Repeat("]", 1000)
	inside := `{"domain":"canary"}`
	for range 6 {
		quoted, _ := json.Marshal(inside)
		inside = `{"domain":` + string(quoted) + `}`
	}
	for _, test := range []struct{ contentType, body, want string }{
		{"", "", ""},
		{form, "grant_type=authorization_code&code=canary&code_verifier=canary&redirect_uri=http%3A%2F%2Flocalhost%2Fcb", "code=%2A%2A%2A%2A%2A%2A%2A%2A&code_verifier=%2A%2A%2A%2A%2A%2A%2A%2A&grant_type=authorization_code&redirect_uri=http%3A%2F%2Flocalhost%2Fcb"},
		{form, "next=https%3A%2F%2Fu%3Acanary%40a.example", "next=https%3A%2F%2F%2A%2A%2A%2A%2A%2A%2A%2A%40a.example"},
		{form, "a=%zz", "(malformed)"},
		{"text/plain", "see https://u:canary@a.example/", "see https://" + masked + "@a.example/"},
		{"text/html", "canary", "(not shown)"},
		{"application/json", `{"access_token":"canary","token_type":"bearer","next_page_token":"abc"}`, `{"access_token":"` + masked + `","next_page_token":"abc","token_type":"bearer"}`},
		{"application/json", `{"error":"not found","code":5}`, `{"code":5,"error":"not found"}`},
		{"application/json", `{"code":"canary","state":"canary","write_keys":["canary"]}`, `{"code":"` + masked + `","state":"` + masked + `","write_keys":["` + masked + `"]}`},
		{"application/json", `{"destination":{"config":[{"name":"a/config/appGroupId","value":"canary"},{"name":"a/config/track","value":true}]}}`, `{"destination":{"config":[{"name":"a/config/appGroupId","value":"` + masked + `"},{"name":"a/config/track","value":true}]}}`},
	} {
		if got := bodyForLog(test.contentType, []byte(test.body)); got != test.want {
			t.Errorf("%s: got %s\nwant %s", test.body, got, test.want)
		}
	}
	for _, body := range []string{deep, inside} {
		if got := bodyForLog("application/json", []byte(body)); strings.Contains(got, "canary") {
			t.Errorf("got %.300s", got)
		}
	}
}
