package sandbox

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The log shows how a client speaks and what it was told, and of what is secret in that not even a part.
func TestLoggedHeaders(t *testing.T) {
	t.Parallel()
	token := newToken()
	for _, test := range []struct{ name, value, want string }{
		{"Accept", "application/json", "application/json"},
		{"Authorization", "Bearer canary", "Bearer " + masked},
		{"Authorization", "basic Y2FuYXJ5OmNhbmFyeQ==", "basic " + masked},
		{"Authorization", "canary", masked},
		{"Authorization", "canary canary", masked},
		{"User-Agent", "go-http/1.1", "go-http/1.1"},
		{"User-Agent", "app " + token, "app " + masked},
		{"User-Agent", strings.Repeat("a", maxHeader-10) + token, headerTooLong},
		{"User-Agent", "a\nX: canary", headerTooLong},
		{"Location", "http://localhost/cb?code=canary&state=canary&scope=workspace", "http://localhost/cb?code=" + masked + "&state=" + masked + "&scope=workspace"},
		{"Location", "/oauth2/auth?code_challenge=canary", "/oauth2/auth?code_challenge=" + masked},
		{"Location", "https://u:canary@a.example/", "https://" + masked + "@a.example/"},
		{"Cookie", "canary", ""},
		{"Set-Cookie", "canary", ""},
		{"X-Api-Key", "canary", ""},
	} {
		h := http.Header{test.name: {test.value}}
		got := headersForLog(newHeaders(requestHeaders(), h) + newHeaders(responseHeaders(), h))
		want := map[string]string{test.name: test.want}
		if test.want == "" {
			want = nil
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", test.name, test.value, diff)
		}
	}
	many := headersForLog(newHeaders(requestHeaders(), http.Header{"Accept": {"a", "b"}}))
	if many["Accept"] != "a, b" {
		t.Error(many)
	}
}

func TestHeadersAreInTheLog(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	r := httptest.NewRequest(http.MethodPost, "/oauth2/token", strings.NewReader("grant_type=authorization_code"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Cookie", "a=canary")
	r.SetBasicAuth("canary", "canary")
	serve(s, r)
	line := s.Requests()[0]
	if diff := cmp.Diff(map[string]string{"Authorization": "Basic " + masked, "Content-Type": "application/x-www-form-urlencoded"}, line.RequestHeaders); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(line.ResponseHeaders["Content-Type"], "application/json") {
		t.Errorf("%v", line.ResponseHeaders)
	}
}

// Headers hold as little memory as bodies do, however many values a client sends for a name.
func TestHeadersAreBounded(t *testing.T) {
	t.Parallel()
	h := http.Header{}
	for range 10_000 {
		h.Add("Accept", strings.Repeat("a", 1000))
	}
	if size := len(newHeaders(requestHeaders(), h)); size > maxHeader*6 {
		t.Errorf("%d bytes are kept", size)
	}
}
