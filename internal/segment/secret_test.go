package segment

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestIsSecret(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"apiKey", "APIKey", "api_key", "apikey", "apiKeys", "restApiKeyV2", "secret", "apiSecret", "token", "authToken",
		"oauth2Token", "access-token", "password", "smtpPassword", "privateKey", "accessKey", "secretKey", "sharedSecret",
		"appKey", "writeKey", "key", "credentials",
	} {
		if !IsSecret(name, "STRING") || !IsSecret(name, "") {
			t.Errorf("%s is not taken for a secret", name)
		}
	}
	for _, name := range []string{
		"trackingId", "tokenizer", "siteId", "appGroupId", "keyword", "primaryKey", "monkey", "domain", "globalHook",
		"sampleRate", "peopleProperties", "keyMapping", "",
	} {
		if IsSecret(name, "STRING") {
			t.Errorf("%s is taken for a secret", name)
		}
	}
	if !IsSecret("pin", "PASSWORD") || !IsSecret("pin", "password") {
		t.Error("the type PASSWORD is not enough")
	}
	if IsSecret("useAccessToken", "BOOLEAN") || IsSecret("tokenType", "select") {
		t.Error("a boolean or a choice is taken for a secret")
	}
}

func TestKeySetting(t *testing.T) {
	t.Parallel()
	text := func(name string, required bool) Setting {
		return Setting{Name: name, Type: "STRING", Required: required}
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
