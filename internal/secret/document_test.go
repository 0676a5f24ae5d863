package secret

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDocument(t *testing.T) {
	t.Parallel()
	const config = "workspaces/acme/sources/js/destinations/x/config/"
	tests := map[string]struct {
		body, want string
		found      []string
	}{
		"token answer": {
			`{"access_token":"canary-token","token_type":"bearer","expires_in":3600,"scope":"workspace","install_name":"installs/7"}`,
			`{"access_token":"[redacted]","expires_in":3600,"install_name":"installs/7","scope":"workspace","token_type":"bearer"}`,
			[]string{"canary-token"},
		},
		"write keys":         {`{"write_keys":["canary-key"],"name":"x"}`, `{"name":"x","write_keys":["[redacted]"]}`, []string{"canary-key"}},
		"error":              {`{"error":"<b> & not found","code":5}`, `{"code":5,"error":"<b> & not found"}`, nil},
		"authorization code": {`{"code":"canary-code"}`, `{"code":"[redacted]"}`, []string{"canary-code"}},
		"number as a code":   {`{"code":123456789}`, `{"code":"[redacted]"}`, []string{"123456789"}},
		"page":               {`{"next_page_token":"abc","items":[]}`, `{"items":[],"next_page_token":"abc"}`, nil},
		"plain word":         {`{"key":"name","secret":"name"}`, `{"key":"[redacted]","secret":"[redacted]"}`, []string{"name"}},
		"weak name":          {`{"key":"name","code":"cloud"}`, `{"code":"[redacted]","key":"[redacted]"}`, nil},
		"nothing":            {`{"token":null,"secret":"","password":true,"key":{}}`, `{"key":{},"password":true,"secret":"","token":null}`, nil},
		"digits":             {`[12345678901234567890123,1.10,1e400]`, `[12345678901234567890123,1.10,1e400]`, nil},
		"entry as it is answered": {
			`{"name":"` + config + `domain","display_name":"Domain","type":"string","value":"a.example"}`,
			`{"display_name":"Domain","name":"` + config + `domain","type":"string","value":"a.example"}`, nil,
		},
		"entry as it is written": {
			`{"name":"` + config + `appGroupId","value":{"a":["canary",1,true]}}`,
			`{"name":"` + config + `appGroupId","value":{"a":["[redacted]","[redacted]",true]}}`, nil,
		},
		"secret entry as it is written": {
			`{"name":"` + config + `apiKey","value":"canary"}`, `{"name":"` + config + `apiKey","value":"[redacted]"}`, []string{"canary"},
		},
		"secret as a name": {`{"Ab https://u:canary@a/":1}`, `{"Ab https://[redacted]:[redacted]@a/":1}`, []string{"canary"}},
		"text":             {`"https://u:canary@a/"`, `"https://[redacted]:[redacted]@a/"`, []string{"canary"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			masked, found, ok := Document([]byte(test.body), nil)
			if !ok || string(masked) != test.want {
				t.Errorf("got %s, %v\nwant %s", masked, ok, test.want)
			}
			if diff := cmp.Diff(test.found, found); diff != "" {
				t.Errorf("found (-want +got)\n%s", diff)
			}
		})
	}
	for _, body := range []string{"", " ", "{", `{"token":"canary`, `{} {}`, "{'a':1}", "canary", "[1,]"} {
		if masked, found, ok := Document([]byte(body), nil); ok || masked != nil || found != nil {
			t.Errorf("Document(%q) = %s, %q, %v", body, masked, found, ok)
		}
	}
}

func TestIsField(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"code", "state", "access_token", "refresh_token", "id_token", "client_secret", "code_verifier", "write_keys", "Authorization",
		"Proxy-Authorization", "device_code", "user_code", "consent_challenge", "login_challenge", "assertion", "client_assertion",
		"password", "apiKey", "X-Api-Key", "Set-Cookie", "cookie", "token",
	} {
		if !IsField(name) {
			t.Errorf("%s is no secret", name)
		}
	}
	for _, name := range []string{
		"token_type", "token_type_hint", "page_token", "next_page_token", "pageToken", "page_size", "scope", "client_id", "redirect_uri",
		"grant_type", "response_type", "code_challenge", "code_challenge_method", "client_assertion_type", "error", "error_description",
		"expires_in", "install_name", "name", "display_name", "value", "type", "",
	} {
		if IsField(name) {
			t.Errorf("%s is a secret", name)
		}
	}
}

// leaves returns the texts of a decoded value that are not names of fields.
func leaves(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case json.Number:
		return []string{v.String()}
	case []any:
		var all []string
		for _, element := range v {
			all = append(all, leaves(element)...)
		}
		return all
	case map[string]any:
		var all []string
		for _, field := range v {
			all = append(all, leaves(field)...)
		}
		return all
	}
	return nil
}

// FuzzDocument hides any document in the fields of a secret, where no text of it may be left, and in places where nothing
// is known of it, where it must stay a document.
func FuzzDocument(f *testing.F) {
	f.Add([]byte(`{"config":[{"name":"a/config/x","value":"https://u:p@a/"}],"code":5}`))
	f.Add([]byte(`["{\"a\":\"b\"}", 1e5, {"key":"Authorization","value":"Bearer abc"}, "\ud800\u0000"]`))
	f.Add([]byte(`"a=b;password=c d:e://f@g?h=i&token=j#k"`))
	f.Add([]byte(`{"":{"":""},"eyJhbGciOiJIUzI1NiJ9.eyJhbGciOiJIUzI1NiJ9":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		value, err := decode(body)
		masked, found, ok := Document(body, Mask)
		if ok != (err == nil) || ok && !json.Valid(masked) {
			t.Fatalf("Document(%q) = %q, %v; decoding says %v", body, masked, ok, err)
		}
		if !ok {
			return
		}
		again, _, ok := Document(masked, Mask)
		if !ok || !json.Valid(again) {
			t.Fatalf("masked twice: %q", again)
		}
		var redactor Redactor
		redactor.Learn(found...)
		for _, secret := range found {
			if shown := redactor.Redact(string(masked)); len(secret) >= minLearned && !strings.Contains(Redacted, secret) && strings.Contains(shown, secret) {
				t.Errorf("%q is left in %q", secret, shown)
			}
		}
		inString := string(encode(map[string]any{"password": value}))
		for _, hidden := range []any{
			map[string]any{"apiKey": value},
			[]any{map[string]any{"headers": map[string]any{"Authorization": []any{value}}}},
			map[string]any{"name": "a/config/x", "display_name": "API Key", "type": "string", "value": value},
			map[string]any{"name": "a/config/x", "value": value},
			inString,
		} {
			masked, found, ok := Document(encode(hidden), nil)
			if !ok {
				t.Fatalf("%v is no document", hidden)
			}
			shown, err := decode(masked)
			if err != nil {
				t.Fatalf("masked is %q", masked)
			}
			if text, ok := shown.(string); ok {
				if shown, err = decode([]byte(text)); err != nil {
					t.Fatalf("masked is %q", masked)
				}
			}
			for _, text := range leaves(shown) {
				if text != "" && text != Redacted && !slices.Contains([]string{"a/config/x", "API Key", "string"}, text) {
					t.Errorf("%q is left of %s in %s (found %q)", text, encode(hidden), masked, found)
				}
			}
		}
	})
}
