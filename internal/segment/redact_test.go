package segment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/wire"
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
		password = `canary-secret"<&\+/`
		key      = "canary-api-key"
		hook     = "canary-hook"
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
		_, refreshErr := c.RefreshInstall(t.Context(), "installs/7", "id", password)
		_, doErr := c.Do(t.Context(), &Request{Method: "POST", Path: "access-tokens", Username: "id", Password: password})
		_, updateErr := c.UpdateDestination(t.Context(), clearbrain, config)
		for way, err := range map[string]error{"get": getErr, "refresh": refreshErr, "do": doErr, "update": updateErr} {
			var refused *Error
			if !errors.As(err, &refused) {
				t.Fatalf("%s: error is %v", way, err)
			}
			text := refused.Message + " " + string(refused.Body)
			if way == "refresh" && !asJSON {
				if text != " " {
					t.Errorf("%s: %q is quoted, which is no documented error", way, text)
				}
				continue
			}
			if !strings.Contains(text, secret.Redacted) {
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

// What is secret in a request is hidden in every later answer too, in whatever part of the request it was.
func TestSecretsOfRequestsAreRemembered(t *testing.T) {
	t.Parallel()
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	for where, r := range map[string]*Request{
		"token":  {Method: "GET", Path: "workspaces"},
		"body":   {Method: "POST", Path: "workspaces", Body: []byte(`{"source":{"api_key":"canary-1"}}`)},
		"config": {Method: "POST", Path: "workspaces", Body: []byte(`{"config":[{"name":"x/config/apiKey","value":"canary-1"}]}`)},
		"form":   {Method: "POST", Path: "workspaces", Body: []byte(`name=js&client_secret=canary-1`), Header: form},
		"query":  {Method: "GET", Path: "workspaces", Query: url.Values{"access_token": {"canary-1"}}},
		"header": {Method: "GET", Path: "workspaces", Header: http.Header{"X-Api-Key": {"canary-1"}}},
		"basic":  {Method: "GET", Path: "workspaces", Username: "id", Password: "canary-1"},
	} {
		answers := 0
		redactor := new(secret.Redactor)
		c := New(Options{Origin: "https://api.example", Redactor: redactor, Token: func(context.Context, string) (string, error) {
			return map[bool]string{true: "canary-1", false: "t0ken"}[where == "token"], nil
		}, Transport: wire.NewTransport(roundTrip(func(*http.Request) (*http.Response, error) {
			if answers++; answers == 1 {
				return answer(200, "{}"), nil
			}
			return answer(400, `{"error":"you said canary-1 once","code":3}`), nil
		}), nil)})
		if _, err := c.Do(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		_, err := c.Do(t.Context(), &Request{Method: "GET", Path: "workspaces", Username: "another", Password: "passw0rd"})
		if err == nil || strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "you said") {
			t.Errorf("%s: error is %v", where, err)
		}
		if redactor.Redact("canary-1") != secret.Redacted {
			t.Errorf("%s: the process's redactor has not learned it", where)
		}
	}
}

// Of an answer that is no documented error, plain text is quoted, and JSON without its secrets. Pages are not.
func TestUndocumentedAnswerIsQuotedWithCare(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ kind, body, want string }{
		{"text/plain; charset=utf-8", "upstream is gone", "upstream is gone"},
		{"text/html", "<html>your key is canary</html>", ""},
		{"", "canary", ""},
		{"text/plainer", "canary", ""},
		{"application/json", `{"error":{"access_token":"canary"},"status":7}`, `{"error":{"access_token":"[redacted]"},"status":7}`},
		{"application/json", `{"error":"canary`, ""},
		{"application/json", `{"title":"` + strings.Repeat("x", maxQuoted) + `"}`, ""},
	} {
		a := &Response{502, http.Header{"Content-Type": {test.kind}}, []byte(test.body)}
		err := New(Options{}).refusal(&Request{Method: "GET", Path: "workspaces"}, a)
		if err.Message != test.want || string(err.Body) != test.want || err.Reason != Unavailable {
			t.Errorf("%s %s: message %q, body %q, reason %v", test.kind, test.body, err.Message, err.Body, err.Reason)
		}
	}
}

// At the token endpoint any other field may hold a token.
func TestRefusedRefreshQuotesTheDocumentedFieldsAlone(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"error":"not found","code":5,"access_token":"canary"}`: "not found",
		`{"access_token":"canary"}`:                              "",
		`canary`:                                                 "",
	} {
		c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			w.WriteHeader(http.StatusNotFound)
			io.WriteString(w, body)
		})
		for _, path := range []string{"installs/7/token", "/installs/7/token/"} {
			_, err := c.Do(t.Context(), &Request{Method: "GET", Path: path, Username: "id", Password: "passw0rd"})
			var refused *Error
			if !errors.As(err, &refused) || refused.Message != want || refused.Body != nil {
				t.Errorf("%s %s: %#v", path, body, err)
			}
		}
	}
}

// A name that is none may be the request sent back.
func TestNameThatIsNoneIsRedacted(t *testing.T) {
	t.Parallel()
	c := serve(t, always(200, `{"name":"Bearer `+canaryToken+`"}`))
	_, err := c.Workspace(t.Context(), Name{Workspace: "acme"})
	if _, ok := errors.AsType[*AnswerError](err); !ok || strings.Contains(err.Error(), "canary") {
		t.Errorf("error is %v", err)
	}
}

// net/http quotes what it cannot read.
func TestNetworkErrorIsRedacted(t *testing.T) {
	t.Parallel()
	cause := errors.New("malformed HTTP response \"Bearer " + canaryToken + "\x1b[2J\"")
	c := offline(func(*http.Request) (*http.Response, error) { return nil, cause })
	_, err := c.Do(t.Context(), &Request{Method: "POST", Path: "workspaces"})
	if !errors.Is(err, cause) || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("error is %q", err)
	}
}
