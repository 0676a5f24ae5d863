package output

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/secret"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// answer returns a transport that reads the whole request and gives the answer.
func answer(status int, contentType, body string) roundTrip {
	return func(req *http.Request) (*http.Response, error) {
		if req.Body != nil {
			if _, err := io.Copy(io.Discard, req.Body); err != nil {
				return nil, err
			}
		}
		w := httptest.NewRecorder()
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Set-Cookie", "session=canary-cookie")
		w.WriteHeader(status)
		_, _ = w.WriteString(body)
		return w.Result(), nil
	}
}

// clock returns times 40 ms apart.
func clock() func() time.Time {
	now := time.Unix(0, 0)
	return func() time.Time {
		now = now.Add(40 * time.Millisecond)
		return now
	}
}

// send sends a request over a trace and returns what was traced and what the reader of the answer got.
func send(t *testing.T, trace *Trace, method, target, contentType, body string) (traced, got string) {
	t.Helper()
	var b strings.Builder
	trace.Out, trace.Now = &b, clock()
	req, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("id", "canary-basic")
	req.Header.Set("Content-Type", contentType)
	resp, err := trace.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), string(data)
}

// The token answer is the one of the Enable with Segment guide.
const tokenAnswer = `{
  "access_token": "YL8a0w-Boz1EgZgmD2ELZvsxakjqSMwO8xe7tV-ToSk.nKaLX2QHocqalHR3O4BdoYdcopk3hjW4izYHMG14cxQ",
  "token_type": "bearer",
  "expires_in": 3599,
  "scope": "workspace",
  "install_name": "installs/7"
}`

func TestTraceOfTheExchange(t *testing.T) {
	t.Parallel()
	trace := &Trace{Next: answer(200, "application/json; charset=utf-8", tokenAnswer), Redactor: new(secret.Redactor)}
	form := url.Values{"grant_type": {"authorization_code"}, "code": {"canary-code"}, "code_verifier": {"canary-verifier"}}
	traced, got := send(t, trace, "POST", "https://id.segmentapis.com/oauth2/token", "application/x-www-form-urlencoded", form.Encode())
	want := `> POST https://id.segmentapis.com/oauth2/token
> Content-Type: application/x-www-form-urlencoded
> code=[redacted]&code_verifier=[redacted]&grant_type=authorization_code
< 200 OK (40ms)
< Content-Type: application/json; charset=utf-8
< {"access_token":"[redacted]","expires_in":3599,"install_name":"installs/7","scope":"workspace","token_type":"bearer"}
`
	if diff := cmp.Diff(want, traced); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got != tokenAnswer {
		t.Errorf("the reader got %q", got)
	}
}

func TestTraceHidesSecrets(t *testing.T) {
	t.Parallel()
	const canary = "canary/+\"\u00e9 1234"
	quoted := strings.ReplaceAll(canary, `"`, `\"`)
	tests := map[string]struct{ target, contentType, body string }{
		"config entry":    {"https://a/", "application/json", `{"destination":{"config":[{"name":"a/config/x","value":"` + quoted + `"}]}}`},
		"config map":      {"https://a/", "application/json", `[{"name":"a/config/x","value":{"k":["` + quoted + `"]}}]`},
		"api key":         {"https://a/", "application/json", `{"apiKey":"` + quoted + `"}`},
		"write keys":      {"https://a/", "application/json", `{"write_keys":["` + quoted + `"]}`},
		"query":           {"https://a/?state=" + url.QueryEscape(canary), "", ""},
		"user info":       {"https://x:" + url.PathEscape(canary) + "@a/", "", ""},
		"broken query":    {"https://a/?code=" + url.QueryEscape(canary) + "&a=%zz", "", ""},
		"plain text":      {"https://a/", "text/plain", canary},
		"too large form":  {"https://a/", "application/x-www-form-urlencoded", "code=canary&x=" + strings.Repeat("x", 70_000)},
		"not JSON":        {"https://a/", "application/json", `{"token":"` + quoted},
		"webhook":         {"https://a/", "application/json", `{"config":[{"name":"a/config/hook","type":"string","value":"https://hooks.slack.com/services/T0canary/B0canary/canary1234"}]}`},
		"JSON of no type": {"https://a/", "", `{"token":"` + quoted + `"}`},
		"too large":       {"https://a/", "application/json", `{"token":"` + quoted + `","x":"` + strings.Repeat("x", 70_000) + `"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			trace := &Trace{Next: answer(400, test.contentType, test.body), Redactor: new(secret.Redactor)}
			traced, got := send(t, trace, "POST", test.target, test.contentType, test.body)
			for _, form := range []string{"canary", "Y2FuYXJ5"} {
				if strings.Contains(traced, form) {
					t.Errorf("traced\n%s", traced)
				}
			}
			if got != test.body {
				t.Errorf("the reader got %d bytes of %d", len(got), len(test.body))
			}
			if len(traced) > 10_000 {
				t.Errorf("traced %d bytes", len(traced))
			}
		})
	}
}

// A secret known by value is found in fields with harmless names, whatever its encoding; so is one that was seen before
// in a field with a secret's name, in the same message or in an earlier one.
func TestTraceKnowsSecretsByValue(t *testing.T) {
	t.Parallel()
	echo := `{"error":"no such thing: known/secret, seen-secret, a2 known%2Fsecret","code":5}`
	redactor := new(secret.Redactor)
	redactor.Learn("known/secret", "known", "", "a2")
	trace := &Trace{Next: answer(404, "application/json", echo), Redactor: redactor}
	traced, _ := send(t, trace, "POST", "https://a/v1beta/known%2Fsecret?x=known/secret", "application/json", `{"secretKey":"seen-secret"}`)
	want := `> POST https://a/v1beta/[redacted]?x=[redacted]
> Content-Type: application/json
> {"secretKey":"[redacted]"}
< 404 Not Found (40ms)
< Content-Type: application/json
< {"code":5,"error":"no such thing: [redacted], [redacted], a2 [redacted]"}
`
	if diff := cmp.Diff(want, traced); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := redactor.Redact("seen-secret"); got != secret.Redacted {
		t.Error("the Redactor of the process did not learn what the trace saw")
	}
}

// The credentials of a request are hidden in what the server says, in that answer and in all later ones.
func TestTraceLearnsCredentials(t *testing.T) {
	t.Parallel()
	for _, authorization := range []string{
		"Bearer canary1", "Basic " + base64.StdEncoding.EncodeToString([]byte("id:canary1")), "Basic " + base64.StdEncoding.EncodeToString([]byte("id:c%61nary1")),
	} {
		redactor := new(secret.Redactor)
		_, credentials, _ := strings.Cut(authorization, " ")
		echo := `{"error":"refused canary1 and ` + credentials + `"}`
		for _, send := range []string{authorization, ""} {
			var b strings.Builder
			trace := &Trace{Next: answer(401, "application/json", echo), Out: &b, Redactor: redactor, Now: clock()}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://a/", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", send)
			resp, err := trace.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			if got := b.String(); strings.Contains(got, "canary1") || strings.Contains(got, credentials) || !strings.Contains(got, "refused [redacted] and [redacted]") {
				t.Errorf("%s: traced\n%s", authorization, got)
			}
		}
	}
}

// Without a Redactor nothing is remembered, but the fields of secrets are hidden all the same.
func TestTraceWithoutRedactor(t *testing.T) {
	t.Parallel()
	trace := &Trace{Next: answer(200, "application/json", tokenAnswer)}
	traced, _ := send(t, trace, "POST", "https://u:canary@a/?code=canary", "application/x-www-form-urlencoded", "code=canary&state=canary")
	if strings.Contains(traced, "canary") || strings.Contains(traced, "YL8a0w") {
		t.Errorf("traced\n%s", traced)
	}
}

func TestTraceOfFailure(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	broken := errors.New("dial tcp: canary-token\x1b[31m")
	redactor := new(secret.Redactor)
	redactor.Learn("canary-token")
	trace := &Trace{
		Next:     roundTrip(func(*http.Request) (*http.Response, error) { return nil, broken }),
		Out:      &b,
		Redactor: redactor,
		Now:      clock(),
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://a/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := trace.RoundTrip(req); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if got, want := b.String(), "> GET https://a/\n< no answer after 40ms: dial tcp: [redacted]\\x1b[31m\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTraceLocationHasNoCode(t *testing.T) {
	t.Parallel()
	next := roundTrip(func(*http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		w.Header().Set("Location", "http://localhost:8888/callback?code=canary&scope=workspace")
		w.WriteHeader(http.StatusFound)
		return w.Result(), nil
	})
	traced, _ := send(t, &Trace{Next: next}, "GET", "https://a/", "", "")
	if strings.Contains(traced, "canary") || !strings.Contains(traced, "code=[redacted]&scope=workspace") {
		t.Errorf("traced\n%s", traced)
	}
}
