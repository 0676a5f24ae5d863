package segment

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/segctl/segctl/internal/secret"
)

// refusalOf reads an answer in plain text that is not a success.
func refusalOf(status int, body string) *Error {
	header := http.Header{"Content-Type": {"text/plain; charset=utf-8"}}
	return New(Options{}).refusal(&Request{Method: http.MethodGet, Path: "workspaces"}, &Response{status, header, []byte(body)})
}

func TestErrorIsClassified(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status int
		body   string
		want   Reason
	}{
		// Config API, errors.
		{400, `{"error": "invalid argument", "code": 3}`, InvalidArgument},
		{401, `{"error": "malformed token", "code": 16}`, Unauthenticated},
		{403, `{"error": "insufficient scope", "code": 7}`, PermissionDenied},
		{404, `{"error": "not found", "code": 5}`, NotFound},
		{409, `{"error": "already exists", "code": 6}`, AlreadyExists},
		{429, `{"error": "resource exhausted", "code": 8}`, RateLimited},
		{500, `{"error": "internal", "code": 13}`, Internal},
		{501, `{"error": "unimplemented", "code": 12}`, Unimplemented},
		{503, `{"error": "unavailable", "code": 14}`, Unavailable},
		{503, `upstream connect error or disconnect/reset before headers`, NoRoute},
		// Seen in a run of the guide.
		{500, `{"error":"destination already exists or other internal error","code":13}`, AlreadyExists},
		{400, `{"error":"filter does not exist","code":3}`, NotFound},
		// In front of the API.
		{502, `<html>Bad Gateway</html>`, Unavailable},
		{504, ``, Unavailable},
		{418, ``, Other},
	} {
		err := refusalOf(test.status, test.body)
		if err.Reason != test.want {
			t.Errorf("%d %s: reason %v, want %v", test.status, test.body, err.Reason, test.want)
		}
		if !HasReason(fmt.Errorf("get workspaces: %w", err), test.want) {
			t.Errorf("%d %s: HasReason does not see the wrapped reason", test.status, test.body)
		}
	}
}

func TestErrorKeepsWhatTheAPISaid(t *testing.T) {
	t.Parallel()
	c := serve(t, always(404, `{"error": "destination not found", "code": 5}`))
	_, err := c.Destination(t.Context(), clearbrain)
	var refused *Error
	if !errors.As(err, &refused) {
		t.Fatalf("error is %v, want an *Error", err)
	}
	if refused.StatusCode != http.StatusNotFound || refused.Code != 5 || refused.Message != "destination not found" ||
		refused.Method != http.MethodGet || refused.Path != clearbrain.String() {
		t.Errorf("error is %+v", refused)
	}
}

func TestRefusalIsReturnedBesideItsAnswer(t *testing.T) {
	t.Parallel()
	const body = `{"error": "insufficient scope", "code": 7, "more": true}`
	c := serve(t, always(403, body))
	resp, err := c.Do(t.Context(), &Request{Method: "GET", Path: "workspaces"})
	if !HasReason(err, PermissionDenied) {
		t.Fatalf("error is %v", err)
	}
	if resp == nil || resp.StatusCode != http.StatusForbidden || string(resp.Body) != body {
		t.Errorf("response is %+v", resp)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]time.Duration{
		"": 0, "0": 0, "7": 7 * time.Second, "-1": 0, "soon": 0, "1.5": 0, "Fri, 31 Dec 1999 23:59:59 GMT": 0,
		// Beyond a day, and beyond what 64 bits hold: neither may become a wait of nothing.
		"86401": 24 * time.Hour, "9223372036854775807": 24 * time.Hour, "99999999999999999999999": 24 * time.Hour,
		"-99999999999999999999999": 0, "Fri, 31 Dec 9999 23:59:59 GMT": 24 * time.Hour,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}); got != want {
			t.Errorf("Retry-After %q: %v, want %v", value, got, want)
		}
	}
}

func FuzzError(f *testing.F) {
	for _, seed := range []string{
		`{"error": "malformed token", "code": 16}`, `{"error":"destination already exists or other internal error","code":13}`,
		"upstream connect error or disconnect/reset before headers", "", "null", "[]", `{"error":{"x":1},"code":"3"}`, "\xff\xfe",
		`{"error":"\u001b[2J"}`,
	} {
		f.Add(500, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		err := refusalOf(status, string(body))
		if err.Error() == "" {
			t.Fatal("an error without words")
		}
		if !utf8.ValidString(err.Message) {
			t.Fatalf("message %q is not UTF-8", err.Message)
		}
		if n := utf8.RuneCountInString(err.Message); n > maxMessage {
			t.Fatalf("message has %d characters", n)
		}
		if secret.Clean(err.Message) != err.Message {
			t.Fatalf("message %q would act on a terminal", err.Message)
		}
	})
}

func TestErrorMessage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		body, message string
		code          int
	}{
		{`{"error":"not found","code":"5"}`, "not found", 5},
		{`{"error":"not found","code":5}`, "not found", 5},
		{`{"error":"not found","code":{}}`, "not found", 0},
		{`{"error":"\u001b[2Jgone\r\nhint: \u202e"}`, `\x1b[2Jgone hint: \u202e`, 0},
		{"<html>\n<b>", "<html> <b>", 0},
	} {
		err := refusalOf(404, test.body)
		if err.Message != test.message || err.Code != test.code {
			t.Errorf("%s: message %q, code %d", test.body, err.Message, err.Code)
		}
	}
}

func TestLongErrorMessageIsCut(t *testing.T) {
	t.Parallel()
	const end = "already exists" // what is not shown still counts
	for _, body := range []string{
		`{"error":"` + strings.Repeat("ä", 1<<20) + end + `"}`, strings.Repeat("ä", maxQuoted/2-len(end)) + end,
	} {
		err := refusalOf(500, body)
		if utf8.RuneCountInString(err.Message) > maxMessage || !strings.HasPrefix(err.Message, "ää") || err.Reason != AlreadyExists {
			t.Errorf("message of %d bytes %q, reason %v", len(err.Message), err.Message, err.Reason)
		}
	}
}
