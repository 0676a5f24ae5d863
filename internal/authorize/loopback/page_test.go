package loopback

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/authorize"
	"github.com/segctl/segctl/internal/wire"
)

func TestPageHeaders(t *testing.T) {
	t.Parallel()
	r := start(t, t.Context(), flow(t, answering(200, granted)))
	stray := r.get(r.callbackURL("code=x&state=wrong"))
	unproven := r.get(r.redirect + "?error=invalid_scope&state=")
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
	for _, page := range []answer{stray, unproven, final} {
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
	outcome{grant: wire.Grant{AppName: evil, Scope: wire.Scope(evil), WorkspaceNames: []string{evil}, SourceNames: []string{evil}}, message: evil}.write(w)
	if body := w.Body.String(); strings.Contains(body, "<img") || strings.Count(body, "&lt;img src=x") != 5 {
		t.Errorf("page:\n%s", body)
	}
}

// Every reason has a page of its own words.
func TestPageOfEveryReason(t *testing.T) {
	t.Parallel()
	said := map[string]authorize.Reason{}
	for reason := authorize.Other; reason <= authorize.NoInstall; reason++ {
		for stage, status := range map[authorize.Stage]int{authorize.StageAuthorize: 400, authorize.StageExchange: 502} {
			p := outcome{err: &authorize.Error{Stage: stage, Reason: reason}}.page()
			switch reason {
			case authorize.Denied:
				status = 403
			case authorize.InstallExists:
				status = 409
			case authorize.RateLimited:
				status = 429
			default:
			}
			if p.OK || p.Status != status || p.Title == "" || p.Message == "" {
				t.Errorf("reason %d at the %s: %+v", reason, stage, p)
			}
			if other, ok := said[p.Message]; ok && other != reason {
				t.Errorf("reasons %d and %d both say %q", reason, other, p.Message)
			}
			said[p.Message] = reason
		}
	}
	if p := (outcome{err: &authorize.NetworkError{}}).page(); p.Status != http.StatusBadGateway || !strings.Contains(p.Message, "reached") {
		t.Errorf("%+v", p)
	}
}
