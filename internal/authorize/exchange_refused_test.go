package authorize

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/wire"
)

const (
	incomplete = "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed"
	usual      = "Make sure that the various parameters are correct, be aware of case sensitivity and trim your parameters. Make sure that the client you are using has exactly whitelisted the redirect_uri you specified."
	mismatch   = `The \"redirect_uri\" from this request does not match the one from the authorize request.`
)

func TestExchangeRefused(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, body string
		status     int
		want       Reason
		code       string
	}{
		{"wrong secret", `{"error":"invalid_client","error_description":"Client authentication failed"}`, 401, InvalidClient, "invalid_client"},
		{"used code", `{"error":"invalid_grant","error_hint":"already used"}`, 400, InvalidCode, "invalid_grant"},
		// Hydra 1.0 answers an expired code and another redirect URL alike; the hint alone tells them apart.
		{"the guide's text alone", `{"error":"invalid_request","error_description":"` + incomplete + `"}`, 400, CodeOrRedirect, "invalid_request"},
		{"other redirect URL", `{"error":"invalid_request","error_description":"` + incomplete + `","error_hint":"` + mismatch + `"}`, 400, RedirectMismatch, "invalid_request"},
		{"another hint", `{"error":"invalid_request","error_description":"` + incomplete + `","error_hint":"Something else."}`, 400, InvalidCode, "invalid_request"},
		{"Hydra 1.0's expired code", `{"error":"invalid_request","error_description":"` + incomplete + `","error_hint":"` + usual + `"}`, 400, InvalidCode, "invalid_request"},
		{"expired code without a text", `{"error":"invalid_request"}`, 400, InvalidCode, "invalid_request"},
		{"redirect URL in a hint", `{"error":"invalid_grant","error_hint":"The \"redirect_uri\" from this request does not match"}`, 400, RedirectMismatch, "invalid_grant"},
		{"installed already", `{"error":"install already exists","code":6}`, 409, InstallExists, "install already exists"},
		{"scope", `{"error":"invalid_scope"}`, 400, InvalidScope, "invalid_scope"},
		{"server error", `{"error":"server_error"}`, 500, ServerFailure, "server_error"},
		{"rate limited", `{"error":"Resource exhausted","code":8}`, 429, RateLimited, "Resource exhausted"},
		{"rate limited in plain text", "slow down", 429, RateLimited, ""},
		{"plain text", "canary-token upstream connect error or disconnect/reset before headers", 503, ServerFailure, ""},
		{"plain text 400", "canary-token", 400, Other, ""},
		{"other fields", `{"message":"canary-token","access_token":"canary-token"}`, 400, Other, ""},
		{"unauthorized without a code", `{}`, 401, InvalidClient, ""},
		{"unknown", `{"error":"teapot"}`, 418, Other, "teapot"},
		{"error with status 200", `{"error":"invalid_grant","access_token":"canary-token","install_name":"installs/7"}`, 200, InvalidCode, "invalid_grant"},
		{"not JSON", `<html>canary-token</html>`, 200, BadAnswer, ""},
		{"no token", `{"token_type":"bearer"}`, 200, BadAnswer, ""},
		{"token of a wrong type", `{"access_token":7,"token_type":"bearer"}`, 200, BadAnswer, ""},
		{"token with a newline", `{"access_token":"a\r\nX: y","token_type":"bearer"}`, 200, BadAnswer, ""},
		{"wrong token type", `{"access_token":"canary-token","token_type":"mac"}`, 200, BadAnswer, ""},
		{"no install", `{"access_token":"canary-token","token_type":"bearer"}`, 200, NoInstall, ""},
		{"bad install", `{"access_token":"canary-token","install_name":"../canary-token"}`, 200, NoInstall, ""},
		{"too large", `{"access_token":"canary-token","pad":"` + strings.Repeat("x", maxAnswer) + `"}`, 200, BadAnswer, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := appAt(t, answering(tc.status, tc.body))
			grant, err := a.Exchange(t.Context(), begin(t, a), theCode)
			var refused *Error
			if !errors.As(err, &refused) {
				t.Fatalf("Exchange returned %v", err)
			}
			if diff := cmp.Diff(wire.Grant{}, grant); diff != "" {
				t.Errorf("grant:\n%s", diff)
			}
			if refused.Stage != StageExchange || refused.Reason != tc.want || refused.Code != tc.code || refused.StatusCode != tc.status {
				t.Errorf("got %#v, want reason %d", refused, tc.want)
			}
			if strings.Contains(err.Error(), "canary-token") {
				t.Errorf("the error quotes more than the error fields: %v", err)
			}
			var unusable *wire.GrantError
			if wantIt := tc.want == NoInstall; wantIt && (!errors.As(err, &unusable) || unusable.Field != "install_name") {
				t.Errorf("got %v, want a *wire.GrantError of install_name", err)
			}
		})
	}
}

// Whatever of ours a server sends back stays out of messages.
func TestSecretsEchoed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 400, 503} {
		var canaries []string
		a := appAt(t, func(w http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			_, encoded, _ := r.BasicAuth()
			canaries = []string{r.PostForm.Get("code_verifier"), theCode, clientSecret, encoded, strings.TrimPrefix(r.Header.Get("Authorization"), "Basic ")}
			all := strings.Join(canaries, " \x1b[31m ")
			body, _ := json.Marshal(map[string]string{"error": all, "error_description": all, "error_hint": all})
			answering(status, string(body))(w, r)
		})
		_, err := a.Exchange(t.Context(), begin(t, a), theCode)
		if err == nil || !strings.Contains(err.Error(), "[redacted]") {
			t.Fatalf("Exchange returned %v", err)
		}
		for _, canary := range append(canaries, "\x1b") {
			if strings.Contains(err.Error(), canary) {
				t.Errorf("HTTP %d: %q shows in %v", status, canary, err)
			}
		}
	}
}
