package authorize

import (
	"errors"
	"net/url"
	"strings"
	"testing"
)

func TestCallbackErrors(t *testing.T) {
	t.Parallel()
	const injected = `<script>alert("canary")</script>` + "\x1b[2J\r\n\u202e"
	for code, want := range map[string]struct {
		reason Reason
		status int
	}{
		"access_denied":           {Denied, 403},
		"invalid_scope":           {InvalidScope, 400},
		"unauthorized_client":     {InvalidClient, 400},
		"server_error":            {ServerFailure, 400},
		"temporarily_unavailable": {ServerFailure, 400},
		"install already exists":  {InstallExists, 409},
		injected:                  {Other, 400},
	} {
		r := start(t, t.Context(), flow(t, nil))
		page := r.get(r.callbackURL(url.Values{"error": {code}, "error_description": {injected}, "error_hint": {injected}}.Encode()))
		_, err := r.end()
		var refused *Error
		if !errors.As(err, &refused) || refused.Stage != StageAuthorize || refused.Reason != want.reason {
			t.Errorf("%s: Run returned %#v", code, err)
			continue
		}
		if page.status != want.status || strings.Contains(page.body, "canary") || strings.Contains(page.body, "<script") {
			t.Errorf("%s: page %d:\n%s", code, page.status, page.body)
		}
		if strings.ContainsAny(err.Error(), "\x1b\r\n\u202e") || !strings.Contains(err.Error(), `<script>alert("canary")</script>\x1b[2J`) {
			t.Errorf("%s: error text %q", code, err)
		}
	}
}

func TestLongTextIsCut(t *testing.T) {
	t.Parallel()
	if got := cleanText(strings.Repeat("é", 10*maxText)); len([]rune(got)) != maxText+1 {
		t.Errorf("%d characters", len([]rune(got)))
	}
}

func FuzzCallback(f *testing.F) {
	const state = "kX1pQ0o8hT3mB7vYcE5nWzR2sLdJ9uFgAiHaKqPxVtM"
	for _, query := range []string{
		"code=" + theCode + "&scope=destination%2Fclearbrain&state=" + state,
		"error=access_denied&error_description=%3Cb%3E&error_hint=x&state=" + state,
		"code=a&code=b&state=" + state,
		"code=a&state=wrong",
		"code=a&error=b&state=" + state,
		"code=a&iss=https%3A%2F%2Fid.example.com&state=" + state,
		"http://localhost:8888/cb?code=a&state=" + state + "#x",
		"%zz", "?", "&&&", "state=" + state, "code=a;state=" + state,
	} {
		f.Add(query)
	}
	want := expected{redirect: redirectURL{path: "/cb", port: "8888"}, state: state, issuer: "https://id.example.com"}
	f.Fuzz(func(t *testing.T, query string) {
		for _, parse := range []func(string) (*callback, error){want.parse, want.pasted} {
			cb, err := parse(query)
			if cb == nil || err != nil {
				var fixed stray
				if err != nil && !errors.As(err, &fixed) {
					t.Errorf("%q: error %v is not one of the fixed texts", query, err)
				}
				continue
			}
			if cb.state != state || (cb.code == "") == (cb.refusal.code == "") {
				t.Errorf("%q was accepted as %+v", query, cb)
			}
			text := redactor{cb.code, state}.refused(StageAuthorize, 0, cb.refusal).Error()
			if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) || strings.Contains(text, state) {
				t.Errorf("%q is told as %q", query, text)
			}
		}
	})
}
