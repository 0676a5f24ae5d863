package authorize

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/wire"
)

func TestBegin(t *testing.T) {
	t.Parallel()
	known := new(secret.Redactor)
	a := &App{
		ClientID: clientID, ClientSecret: clientSecret, ID: wire.SegmentID,
		RedirectURL: redirectURL, Scope: "destination/clearbrain", Redactor: known,
	}
	r := begin(t, a)
	if !strings.HasPrefix(r.URL, "https://id.segmentapis.com/oauth2/auth?") || CheckBrowserURL(r.URL) != nil {
		t.Errorf("URL %q", r.URL)
	}
	challenge := sha256.Sum256([]byte(r.Verifier))
	want := url.Values{
		"response_type": {"code"}, "client_id": {clientID}, "redirect_uri": {redirectURL}, "scope": {"destination/clearbrain"},
		"state": {r.State}, "code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	}
	if diff := cmp.Diff(want, queryOf(t, r.URL)); diff != "" {
		t.Errorf("query (-want +got):\n%s", diff)
	}
	for _, random := range []string{r.State, r.Verifier} {
		if bytes, err := base64.RawURLEncoding.DecodeString(random); err != nil || len(bytes)*8 < 256 {
			t.Errorf("%q is not 256 bits: %v", random, err)
		}
		if text := known.Redact("sent " + random); strings.Contains(text, random) {
			t.Errorf("the redactor leaves %q", text)
		}
	}
	other := begin(t, a)
	if r.State == other.State || r.Verifier == other.Verifier || r.State == r.Verifier {
		t.Errorf("not fresh: %+v and %+v", r, other)
	}
}

// The secret and the code go over https, or stay on this machine: every method looks at the server first.
func TestServerIsChecked(t *testing.T) {
	t.Parallel()
	for _, id := range []wire.Origin{"https://id.segmentapis.com", "http://127.0.0.1:4455", "http://localhost", "http://[::1]:1", "http://127.8.8.8"} {
		if _, err := (&App{ID: id, RedirectURL: redirectURL}).Begin(); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	for _, id := range []wire.Origin{
		"", "http://id.segmentapis.com", "http://localhost.example.com", "https://", "ftp://localhost", "/t",
		"https://evil.example/?x=http://127.0.0.1#f", "https://u:canary@id.segmentapis.com", "http://127.0.0.1.evil.example", "http://0.0.0.0",
	} {
		a := &App{ID: id, RedirectURL: redirectURL}
		_, beginning := a.Begin()
		_, exchanging := a.Exchange(t.Context(), Request{}, theCode)
		for name, err := range map[string]error{"Begin": beginning, "Exchange": exchanging, "Ask": a.Ask(t.Context(), Request{})} {
			var bad *wire.OriginError
			if !errors.As(err, &bad) || strings.Contains(err.Error(), "canary") {
				t.Errorf("%q: %s returned %v", id, name, err)
			}
		}
	}
}

func TestCheckRedirectURL(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{redirectURL, "http://127.0.0.1/cb", "http://[::1]:1", "https://partner.example/connect"} {
		if err := CheckRedirectURL(raw); err != nil {
			t.Errorf("%s: %v", raw, err)
		}
	}
	for _, raw := range []string{
		"", "localhost:8888/cb", "http://partner.example/cb", "http://localhost.example.com/cb", "https://user:canary@partner.example/cb",
		"https://partner.example/cb#x", "https:///cb", "ftp://localhost/cb", "http://user:canary@localhost:x/",
	} {
		_, err := (&App{ID: wire.SegmentID, RedirectURL: raw}).Begin()
		var bad *RedirectURLError
		if !errors.As(err, &bad) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: Begin returned %v", raw, err)
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
