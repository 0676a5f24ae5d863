package segment

import (
	"errors"
	"iter"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Name{
		"workspaces/acme":                                    {Workspace: "acme"},
		"workspaces/acme/sources/js":                         {Workspace: "acme", Source: "js"},
		"workspaces/acme/sources/js/destinations/clearbrain": {"acme", "js", "clearbrain"},
		"workspaces/w/sources/s/destinations/customer.io":    {"w", "s", "customer.io"},
		"workspaces/w/sources/s/destinations/2mee":           {"w", "s", "2mee"},
	} {
		got, err := ParseName(text)
		if err != nil {
			t.Errorf("ParseName(%q): %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("ParseName(%q) (-want +got):\n%s", text, diff)
		}
		if got.String() != text {
			t.Errorf("ParseName(%q).String() = %q", text, got.String())
		}
	}
}

func TestParseNameRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "acme", "workspaces", "workspaces/", "/workspaces/acme", "workspaces/acme/", "workspaces//acme",
		"sources/js", "workspaces/acme/destinations/clearbrain", "workspaces/acme/sources/js/destinations",
		"workspaces/acme/sources/js/destinations/d/filters/df_1",
		"workspaces/..", "workspaces/.", "workspaces/acme/sources/..", "workspaces/%2e%2e", "workspaces/a%2fb",
		"workspaces/a?b", "workspaces/a#b", `workspaces/a\b`, "workspaces/a b", "workspaces/a\x00", "workspaces/a\r\nHost: x",
	} {
		var wrong *NameError
		if n, err := ParseName(text); !errors.As(err, &wrong) {
			t.Errorf("ParseName(%q) = %+v, %v; want a *NameError", text, n, err)
		}
	}
}

func TestNameParent(t *testing.T) {
	t.Parallel()
	if got := clearbrain.Parent().String(); got != "workspaces/business/sources/js" {
		t.Errorf("parent of a destination: %q", got)
	}
	if got := clearbrain.Parent().Parent().String(); got != "workspaces/business" {
		t.Errorf("parent of a source: %q", got)
	}
}

func TestConfigName(t *testing.T) {
	t.Parallel()
	const want = "workspaces/business/sources/js/destinations/clearbrain/config/apiKey"
	if got := ConfigName(clearbrain, "apiKey"); got != want {
		t.Errorf("ConfigName = %q", got)
	}
	if got := SettingOf(want); got != "apiKey" {
		t.Errorf("SettingOf = %q", got)
	}
}

func FuzzParseName(f *testing.F) {
	for _, seed := range []string{
		"workspaces/acme/sources/js/destinations/customer.io", "workspaces/acme", "workspaces/..", "workspaces/a/sources/%2e%2e",
		"workspaces/a//b", "workspaces/a?x=1", "workspaces/a#b", "workspaces/\u202e", `workspaces/"`,
	} {
		f.Add(seed)
	}
	c := New(Options{Origin: "https://api.example"})
	f.Fuzz(func(t *testing.T, text string) {
		n, err := ParseName(text)
		if err != nil {
			return
		}
		if n.String() != text {
			t.Fatalf("ParseName(%q).String() = %q", text, n.String())
		}
		// Whatever passes is asked for under its own name, at the one origin, below the one version.
		u, err := c.target(&Request{Path: n.String()})
		if err != nil {
			t.Fatalf("name %q cannot be asked for: %v", text, err)
		}
		again, err := url.Parse(u.String())
		if err != nil || again.Scheme != "https" || again.Host != "api.example" || again.Path != "/v1beta/"+text || again.RawQuery != "" {
			t.Fatalf("name %q is asked for at %s, %v", text, u, err)
		}
	})
}

// A destination's name without its last id is its source's: deleting that would take every destination with it.
func TestMethodsRefuseNamesOfAnotherKind(t *testing.T) {
	t.Parallel()
	c := offline(func(r *http.Request) (*http.Response, error) {
		t.Errorf("%s %s was sent", r.Method, r.URL.Path)
		return answer(200, clearbrainJSON), nil
	})
	source, workspace := clearbrain.Parent(), clearbrain.Parent().Parent()
	broken := Name{Workspace: "business", Destination: "clearbrain"}
	smuggled := Name{Workspace: "business", Source: "js/destinations/clearbrain"}
	type method struct {
		name  string
		call  func(Name) error
		takes Name
	}
	for _, m := range []method{
		{"Workspace", func(n Name) error { _, err := c.Workspace(t.Context(), n); return err }, workspace},
		{"Sources", func(n Name) error { return firstError(c.Sources(t.Context(), n)) }, workspace},
		{"Source", func(n Name) error { _, err := c.Source(t.Context(), n); return err }, source},
		{"CreateSource", func(n Name) error { _, err := c.CreateSource(t.Context(), n, "catalog/sources/net"); return err }, source},
		{"DeleteSource", func(n Name) error { return c.DeleteSource(t.Context(), n) }, source},
		{"Destinations", func(n Name) error { return firstError(c.Destinations(t.Context(), n)) }, source},
		{"Destination", func(n Name) error { _, err := c.Destination(t.Context(), n); return err }, clearbrain},
		{"CreateDestination", func(n Name) error { _, err := c.CreateDestination(t.Context(), n, DestinationBody{}); return err }, clearbrain},
		{"UpdateDestination", func(n Name) error { _, err := c.UpdateDestination(t.Context(), n, DestinationBody{}); return err }, clearbrain},
		{"DeleteDestination", func(n Name) error { return c.DeleteDestination(t.Context(), n) }, clearbrain},
	} {
		for _, n := range []Name{{}, workspace, source, clearbrain, broken, smuggled} {
			if n == m.takes {
				continue
			}
			var wrong *NameError
			if err := m.call(n); !errors.As(err, &wrong) {
				t.Errorf("%s(%+v) = %v, want a *NameError", m.name, n, err)
			}
		}
	}
}

func firstError[T any](list iter.Seq2[T, error]) error {
	for _, err := range list {
		return err
	}
	return nil
}
