package loopback

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/authorize"
	"github.com/segctl/segctl/internal/wire"
)

// What the server refuses comes back through the browser, and is told to it in words of ours.
func TestRefusedCallback(t *testing.T) {
	t.Parallel()
	const injected = `<script>alert("canary")</script>` + "\x1b[2J\r\n\u202e"
	for code, want := range map[string]struct {
		reason authorize.Reason
		status int
	}{
		"access_denied":          {authorize.Denied, 403},
		"invalid_scope":          {authorize.InvalidScope, 400},
		"install already exists": {authorize.InstallExists, 409},
		"request_unauthorized":   {authorize.UnauthorizedRequest, 400},
		"request_forbidden":      {authorize.CookiesBlocked, 400},
		injected:                 {authorize.Other, 400},
	} {
		r := start(t, t.Context(), flow(t, nil))
		page := r.get(r.callbackURL(url.Values{"error": {code}, "error_description": {injected}, "error_hint": {injected}}.Encode()))
		_, err := r.end()
		var refused *authorize.Error
		if !errors.As(err, &refused) || refused.Stage != authorize.StageAuthorize || refused.Reason != want.reason {
			t.Errorf("%s: Run returned %#v", code, err)
			continue
		}
		if page.status != want.status || strings.Contains(page.body, "canary") || strings.Contains(page.body, "<script") {
			t.Errorf("%s: page %d:\n%s", code, page.status, page.body)
		}
	}
}

func FuzzPasted(f *testing.F) {
	const state = "kX1pQ0o8hT3mB7vYcE5nWzR2sLdJ9uFgAiHaKqPxVtM"
	for _, line := range []string{
		"http://localhost:8888/cb?code=a&state=" + state + "#x",
		"localhost:8888/cb?error=access_denied&state=" + state,
		"?code=a&state=" + state,
		"http://evil.example/cb?code=a&state=" + state,
		`"code=a&state=` + state, "%zz", "?", "hello",
	} {
		f.Add(line)
	}
	want := expected{
		app:      &authorize.App{ID: wire.SegmentID},
		request:  authorize.Request{State: state},
		redirect: redirectURL{path: "/cb", port: "8888"},
	}
	f.Fuzz(func(t *testing.T, line string) {
		cb, err := want.pasted(line)
		if err != nil {
			if _, ok := errors.AsType[authorize.Stray](err); !ok || cb != nil {
				t.Errorf("%q: %+v, and error %v is not one of the fixed texts", line, cb, err)
			}
			return
		}
		if cb != nil && (!strings.Contains(line, "state=") || (cb.code == "") == (cb.refused == nil)) {
			t.Errorf("%q was accepted as %+v", line, cb)
		}
	})
}
