package cmd

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
)

// TestGrantsAreReadAlike has the exchange and the refresh answer in unusual ways: both read the same.
func TestGrantsAreReadAlike(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(answer map[string]any)
		scope  string
		note   string
	}{
		"no scope":         {func(answer map[string]any) { delete(answer, "scope") }, sandboxScope, ""},
		"an hour":          {func(answer map[string]any) { answer["expires_in"] = json.RawMessage("3.6e3") }, sandboxScope, ""},
		"an hour, as text": {func(answer map[string]any) { answer["expires_in"] = "3600" }, sandboxScope, ""},
		"another scope":    {func(answer map[string]any) { answer["scope"] = "workspace" }, "workspace", "the scope that was granted is workspace"},
		"odd fields":       {func(answer map[string]any) { answer["app_name"] = 7; answer["x"] = []int{1} }, sandboxScope, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newRig(t, sandbox.Options{})
			s.intercept(func(w http.ResponseWriter, r *http.Request) {
				recorded := httptest.NewRecorder()
				s.ServeHTTP(recorded, r)
				var answer map[string]any
				if strings.HasSuffix(r.URL.Path, "/token") && json.Unmarshal(recorded.Body.Bytes(), &answer) == nil {
					test.change(answer)
					changed := httptest.NewRecorder()
					changed.Code = recorded.Code
					_ = json.NewEncoder(changed).Encode(answer)
					recorded = changed
				}
				passOn(w, recorded)
			})
			for _, args := range [][]string{{"install"}, {"token", "refresh"}} {
				o := s.must(t, args...)
				if args[0] == "install" && !strings.Contains(o.stderr, test.note) {
					t.Error(o)
				}
				var kept struct {
					Scope   string    `json:"scope"`
					Expires time.Time `json:"expires_at"`
				}
				shown := s.must(t, "installs", "show", "-o", "json")
				if err := json.Unmarshal([]byte(shown.stdout), &kept); err != nil {
					t.Fatal(err)
				}
				if left := time.Until(kept.Expires); kept.Scope != test.scope || left < 50*time.Minute || left > time.Hour {
					t.Errorf("%q: scope %q for %v", args, kept.Scope, left)
				}
			}
		})
	}
}

// TestGrantWithoutInstall has an answer that names no install: its token could not be renewed, and is not kept.
func TestGrantWithoutInstall(t *testing.T) {
	t.Parallel()
	s := newRig(t, sandbox.Options{})
	s.intercept(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth2/token" {
			_, _ = w.Write([]byte(`{"access_token":"t0ken-1234","token_type":"bearer","expires_in":3600}`))
			return
		}
		s.ServeHTTP(w, r)
	})
	o := s.run("install")
	if o.status != problem.ExitNetwork || !strings.Contains(o.stderr, "hint: segctl installs import") || strings.Contains(o.stderr, "t0ken") {
		t.Error(o)
	}
}
