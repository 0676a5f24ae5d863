package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/sandbox/conformance"
)

// The cases that `segctl sandbox compare` asks another server too, by default and with each quirk that they name.
func TestConformanceCases(t *testing.T) {
	t.Parallel()
	for _, c := range conformance.Cases() {
		checkCase(t, c, "", c.Want)
		for quirk, want := range c.Quirks {
			checkCase(t, c, quirk, want)
		}
	}
}

func checkCase(t *testing.T, c conformance.Case, quirk string, want conformance.Want) {
	t.Helper()
	t.Run(strings.TrimSpace(c.Name+" "+quirk), func(t *testing.T) {
		t.Parallel()
		token := workspaceToken
		if c.Scope == conformance.NarrowScope {
			token = "narrow"
		}
		place := conformance.Place{
			Workspace: "workspaces/acme", Source: "workspaces/acme/sources/js", Slug: "clearbrain", PatternSetting: "apiKey",
			Config: `[{"name":"workspaces/acme/sources/js/destinations/clearbrain/config/apiKey","value":"abcd1234"}]`,
		}
		o := Options{Tokens: []string{workspaceToken, "narrow:destination/clearbrain"}}
		switch c.Aspect {
		case conformance.PageSize:
			o.CatalogFile = longCatalog(t, 101)
		case conformance.Settings:
			place.Slug, place.Config = "webhooks", "[]" // it has settings that can be left out
		case conformance.None, conformance.Mode:
		}
		s := newSandbox(t, o)
		if name, value, ok := strings.Cut(quirk, "="); ok {
			if err := s.SetQuirk(name, value); err != nil {
				t.Fatal(err)
			}
		}
		if c.Needs != conformance.Absent {
			cases := conformance.Cases()
			create := cases[slices.IndexFunc(cases, func(c conformance.Case) bool { return c.Name == "create" })]
			if made := ask(t, s, workspaceToken, place.Request(create)); made.Status != 200 {
				t.Fatalf("create: %d %s", made.Status, made.Body)
			}
		}
		answer := ask(t, s, token, place.Request(c))
		if fails := want.Fails(conformance.Observe(c, answer, place.Written())); fails != "" {
			t.Errorf("%s: %s", fails, answer.Body)
		}
	})
}

func ask(t *testing.T, s *Server, token string, r conformance.Request) conformance.Answer {
	t.Helper()
	answer, err := conformance.Handler(s, token)(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// longCatalog writes a catalog with so many destinations.
func longCatalog(t *testing.T, entries int) string {
	t.Helper()
	var b strings.Builder
	for i := range entries {
		fmt.Fprintf(&b, `{"destinations":[{"name":"catalog/destinations/d%d"}]}`, i)
	}
	path := filepath.Join(t.TempDir(), "catalog.json")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
