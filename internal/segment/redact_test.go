package segment

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// echo refuses a request with all that it was sent, as JSON or as text.
func echo(asJSON bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, secret, _ := r.BasicAuth()
		body, _ := io.ReadAll(r.Body)
		text := fmt.Sprintf("refused: %s %s %s", r.Header.Get("Authorization"), secret, body)
		if asJSON {
			data, _ := json.Marshal(map[string]any{"error": text, "code": 3, "token": r.Header.Get("Authorization")})
			text = string(data)
		}
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, text)
	}
}

func TestEchoedSecretsAreRedacted(t *testing.T) {
	t.Parallel()
	const (
		secret = `canary-secret"<&\+/`
		key    = "canary-api-key"
		hook   = "canary-hook"
	)
	value := func(s string) json.RawMessage { data, _ := json.Marshal(s); return data }
	config := DestinationBody{Config: []ConfigEntry{
		{Name: ConfigName(clearbrain, "apiKey"), Value: value(key)},
		{Name: ConfigName(clearbrain, "hook"), Value: value(hook), Type: "password"},
		{Name: ConfigName(clearbrain, "domain"), Value: value("shown.example")},
	}}
	for _, asJSON := range []bool{true, false} {
		c := serve(t, echo(asJSON))
		_, getErr := c.Workspace(t.Context(), Name{Workspace: "acme"})
		_, refreshErr := c.RefreshInstall(t.Context(), "installs/7", "id", secret)
		_, doErr := c.Do(t.Context(), &Request{Method: "POST", Path: "access-tokens", Username: "id", Password: secret})
		_, updateErr := c.UpdateDestination(t.Context(), clearbrain, config)
		for way, err := range map[string]error{"get": getErr, "refresh": refreshErr, "do": doErr, "update": updateErr} {
			var refused *Error
			if !errors.As(err, &refused) {
				t.Fatalf("%s: error is %v", way, err)
			}
			text := refused.Message + " " + string(refused.Body)
			if !strings.Contains(text, redacted) {
				t.Errorf("%s: nothing was redacted in %s", way, text)
			}
			// "aWQ6" begins the Basic form of "id:…".
			for _, canary := range []string{"canary", "aWQ6"} {
				if strings.Contains(text, canary) {
					t.Errorf("%s: %q shows in %s", way, canary, text)
				}
			}
			if way == "update" && !strings.Contains(string(refused.Body), "shown.example") {
				t.Errorf("what is no secret is gone: %s", text)
			}
		}
	}
}

// Redacting must come before cutting: a part of a secret would not be found.
func TestSecretAtTheEndOfTheMessageIsRedacted(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, strings.Repeat("x", maxMessage-12)+canaryToken)
	})
	if _, err := c.Workspace(t.Context(), Name{Workspace: "acme"}); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("error is %v", err)
	}
}
