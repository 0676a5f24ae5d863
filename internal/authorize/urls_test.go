package authorize

import (
	"errors"
	"strings"
	"testing"
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
		f := &Flow{RedirectURL: raw, AuthURL: "https://id.example.com/a", TokenURL: "https://id.example.com/t"}
		_, err := f.Run(t.Context())
		var bad *RedirectURLError
		if !errors.As(err, &bad) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: Run returned %v", raw, err)
		}
	}
}

func TestEndpoints(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"https://id.segmentapis.com/oauth2/token", "http://127.0.0.1:4455/t", "http://localhost/t", "http://[::1]:1/t", "http://127.8.8.8/t"} {
		if err := checkEndpoint("token", raw); err != nil {
			t.Errorf("%s: %v", raw, err)
		}
	}
	for _, raw := range []string{
		"", "http://id.segmentapis.com/t", "http://localhost.example.com/t", "https:///t", "ftp://localhost/t", "/t",
		"https://evil.example/?x=http://127.0.0.1#f", "https://u:canary@id.segmentapis.com/t", "http://127.0.0.1.evil.example/t", "http://0.0.0.0/t",
	} {
		for _, f := range []*Flow{
			{RedirectURL: "http://localhost:1/", AuthURL: raw, TokenURL: "https://id.example.com/t"},
			{RedirectURL: "http://localhost:1/", AuthURL: "https://id.example.com/a", TokenURL: raw},
		} {
			_, err := f.Run(t.Context())
			var bad *EndpointError
			if !errors.As(err, &bad) || strings.Contains(err.Error(), "canary") {
				t.Errorf("%q: Run returned %v", raw, err)
			}
		}
	}
}

func TestCheckBrowserURL(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"https://id.segmentapis.com/oauth2/auth?x=y", "http://127.0.0.1:4455/"} {
		if err := CheckBrowserURL(raw); err != nil {
			t.Errorf("%s: %v", raw, err)
		}
	}
	for _, raw := range []string{"", "file:///etc/passwd", "javascript:alert(1)", "--version", "/etc/passwd", "https:", "https:///x", "HTTPS//x", "ms-settings:x", "http://:80/", "http://a b/"} {
		if CheckBrowserURL(raw) == nil {
			t.Errorf("%q was allowed", raw)
		}
	}
}
