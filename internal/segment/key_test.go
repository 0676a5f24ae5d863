package segment

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSettingIsSecret(t *testing.T) {
	t.Parallel()
	for _, s := range []Setting{
		{Name: "apiKey", Type: "STRING"}, {Name: "pin", Type: "password"}, {Name: "appGroupId", DisplayName: "REST API Key"},
	} {
		if !s.IsSecret() {
			t.Errorf("%+v is not taken for a secret", s)
		}
	}
	for _, s := range []Setting{{Name: "siteId", Type: "STRING"}, {Name: "useAccessToken", Type: "BOOLEAN"}, {}} {
		if s.IsSecret() {
			t.Errorf("%+v is taken for a secret", s)
		}
	}
	entry := ConfigEntry{Name: ConfigName(clearbrain, "apiKey")}
	if !entry.Secret().IsSecret() || entry.Secret().Name != "apiKey" {
		t.Errorf("entry is judged as %+v", entry.Secret())
	}
}

func TestKeySetting(t *testing.T) {
	t.Parallel()
	text := func(name string, required bool) Setting {
		return Setting{Name: name, Type: "STRING", Required: required}
	}
	labelled := func(name, label string, required bool) Setting {
		return Setting{Name: name, DisplayName: label, Type: "STRING", Required: required}
	}
	for _, test := range []struct {
		name       string
		settings   []Setting
		want       string
		candidates []string
	}{
		{"clearbrain", []Setting{text("apiKey", true)}, "apiKey", nil},
		{"mixpanel", []Setting{text("token", true), text("apiKey", false)}, "apiKey", nil},
		{"airship", []Setting{text("appKey", true), text("apiKey", true)}, "apiKey", nil},
		{"only required secret", []Setting{text("siteId", true), text("token", true), text("secret", false)}, "token", nil},
		{"two required secrets", []Setting{text("siteId", true), text("token", true), text("secret", true)}, "", []string{"token", "secret"}},
		{"webhooks", []Setting{text("sharedSecret", false), text("globalHook", false)}, "", []string{"sharedSecret"}},
		{"braze", []Setting{labelled("appGroupId", "REST API Key", true), labelled("apiKey", "App Identifier", false)}, "appGroupId", nil},
		{"apiKey among labels", []Setting{labelled("restKey", "REST API Key", true), labelled("apiKey", "API Key", true)}, "apiKey", nil},
		{"label of a required one", []Setting{labelled("token", "Token", true), labelled("id", "API Key", true)}, "id", nil},
		{"label of an optional one", []Setting{labelled("siteId", "Site", true), labelled("id", "API Key", false)}, "id", nil},
		{"required secret before an optional label", []Setting{labelled("token", "", true), labelled("id", "API Key", false)}, "token", nil},
		{
			"two labels beside an apiKey that is something else",
			[]Setting{labelled("a", "EU API Key", true), labelled("b", "US API Key", true), labelled("apiKey", "App", false)},
			"",
			[]string{"a", "b"},
		},
		{"no secret", []Setting{text("siteId", true), text("domain", false)}, "", []string{"siteId"}},
		{"nothing", nil, "", nil},
	} {
		got, err := KeySetting(test.settings)
		var keyErr *KeyError
		if got.Name != test.want || errors.As(err, &keyErr) != (test.want == "") {
			t.Errorf("%s: %q, %v; want %q", test.name, got.Name, err, test.want)
		}
		if keyErr != nil {
			if diff := cmp.Diff(test.candidates, keyErr.Candidates); diff != "" {
				t.Errorf("%s: %s", test.name, diff)
			}
		}
	}
}
