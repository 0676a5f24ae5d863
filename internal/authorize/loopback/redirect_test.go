package loopback

import (
	"errors"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/authorize"
	"github.com/segctl/segctl/internal/wire"
)

func TestRedirectURLs(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]redirectURL{
		"http://localhost:8888/auth/segment/callback": {path: "/auth/segment/callback", port: "8888"},
		"http://127.0.0.1/cb":                         {path: "/cb", port: "80"},
		"http://[::1]:1":                              {path: "/", port: "1"},
	} {
		if got, err := parseRedirectURL(raw); err != nil || got != want {
			t.Errorf("%s: %+v, %v", raw, got, err)
		}
	}
	for _, raw := range []string{
		"", "localhost:8888/cb", "https://localhost:8888/cb", "http://localhost:0/cb", "http://localhost:65536/cb", "http://localhost:x/cb",
		"http://example.com:8888/cb", "http://localhost.example.com/cb", "http://0.0.0.0:8888/cb", "http://127.0.0.2:8888/cb",
		"http://user:canary@localhost:8888/cb", "http://localhost:8888/cb#x", "http://[::2]:8888/cb", "http:///cb",
	} {
		f := &Flow{App: &authorize.App{ID: wire.SegmentID, RedirectURL: raw}}
		_, err := f.Run(t.Context())
		var bad *authorize.RedirectURLError
		if !errors.As(err, &bad) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: Run returned %v", raw, err)
		}
	}
}
