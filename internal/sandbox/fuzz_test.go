package sandbox

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzTokenEndpoint sends forms that hold no code that was ever issued: none of them may be answered with a token, and
// every answer is an object with an error in it.
func FuzzTokenEndpoint(f *testing.F) {
	for _, form := range []string{
		"grant_type=authorization_code&code=a.b&redirect_uri=http%3A%2F%2Flocalhost%3A8888%2Fauth%2Fsegment%2Fcallback",
		"grant_type=authorization_code&code=a&code=b&code_verifier=" + strings.Repeat("x", 43),
		"grant_type=client_credentials", "grant_type", "%zz=1&;", "",
	} {
		f.Add(form, DemoClientID, DemoClientSecret)
	}
	f.Add("grant_type=authorization_code", "%", "\x00")
	f.Fuzz(func(t *testing.T, form, id, secret string) {
		s := newSandbox(t, Options{})
		r := httptest.NewRequest(http.MethodPost, "/oauth2/token", strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth(id, secret)
		w := serve(s, r)
		var answer struct {
			Error       string `json:"error"`
			AccessToken string `json:"access_token"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatalf("status %d, and the body is not JSON: %q", w.Code, w.Body)
		}
		if w.Code < 400 || answer.Error == "" || answer.AccessToken != "" {
			t.Errorf("status %d: %s", w.Code, w.Body)
		}
	})
}

// FuzzUpdate sends arbitrary bodies: the destination stays readable, keeps its name, and a refusal changes nothing.
func FuzzUpdate(f *testing.F) {
	const name = "workspaces/acme/sources/js/destinations/clearbrain"
	for _, body := range []string{
		`{"destination":{"enabled":true},"update_mask":{"paths":["destination.enabled"]}}`,
		`{"destination":{"config":[{"name":"` + name + `/config/apiKey","value":null}]},"update_mask":{"paths":["config"]}}`,
		`{"destination":{"name":"workspaces/globex","config":[{"name":"../apiKey","value":[1e999]}]},"update_mask":{"paths":["destination.config","destination.name"]}}`,
		`{"destination":null,"update_mask":{"paths":null}}`, `[]`, `{"destination":`, "\xff",
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		s := newAPI(t)
		api(s, workspaceToken, http.MethodPost, "/v1beta/workspaces/acme/sources/js/destinations",
			`{"destination":{"name":"`+name+`","config":[{"name":"`+name+`/config/apiKey","value":"abcd1234"}]}}`)
		before := api(s, workspaceToken, http.MethodGet, "/v1beta/"+name, "").Body.String()
		status := api(s, workspaceToken, http.MethodPatch, "/v1beta/"+name, body).Code
		after := api(s, workspaceToken, http.MethodGet, "/v1beta/"+name, "")
		var d struct {
			Name    string
			Enabled *bool
		}
		if err := json.Unmarshal(after.Body.Bytes(), &d); err != nil || d.Name != name || d.Enabled == nil {
			t.Fatalf("after status %d the destination reads %s", status, after.Body)
		}
		if status >= 400 && after.Body.String() != before {
			t.Errorf("status %d, and yet it changed from %s to %s", status, before, after.Body)
		}
	})
}
