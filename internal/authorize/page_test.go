package authorize

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPageHeaders(t *testing.T) {
	t.Parallel()
	r := start(t, t.Context(), flow(t, answering(200, granted)))
	stray := r.get(r.callbackURL("code=x&state=wrong"))
	final := r.get(r.callbackURL("code=" + theCode))
	style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(final.body)
	if style == nil {
		t.Fatalf("no style in\n%s", final.body)
	}
	sum := sha256.Sum256([]byte(style[1]))
	want := http.Header{
		"Cache-Control":          {"no-store"},
		"Referrer-Policy":        {"no-referrer"},
		"X-Content-Type-Options": {"nosniff"},
		"X-Frame-Options":        {"DENY"},
		"Content-Security-Policy": {
			"default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
				"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		},
	}
	for _, page := range []page{stray, final} {
		got := http.Header{}
		for name := range want {
			got[name] = page.header[name]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("status %d (-want +got):\n%s", page.status, diff)
		}
	}
	for _, part := range []string{"<script", "src=", "href=", "url("} {
		if strings.Contains(final.body, part) {
			t.Errorf("the page has %q", part)
		}
	}
}

func TestPageEscapes(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	evil := `<img src=x onerror=alert(1)>`
	outcome{grant: Grant{AppName: evil, Scope: evil, WorkspaceNames: []string{evil}, SourceNames: []string{evil}}, message: evil}.write(w)
	if body := w.Body.String(); strings.Contains(body, "<img") || strings.Count(body, "&lt;img src=x") != 5 {
		t.Errorf("page:\n%s", body)
	}
}
