package candidates

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
)

func TestCandidates(t *testing.T) {
	t.Parallel()
	cards := []install.Card{
		{Name: "installs/1", Label: "acme-1", Sources: []string{"workspaces/acme/sources/js"}, Workspaces: []string{"workspaces/acme"}},
		{Name: "installs/2", Label: "`touch${IFS}x`", Workspaces: []string{"workspaces/globex", "no name"}},
	}
	known := []destination.Known{{Slug: "x", Settings: []destination.KnownSetting{{Name: "apiKey", Type: "STRING", Title: "Key\x1b", Required: true}}}, {Slug: "y"}}
	sources := []string{"workspaces/acme/sources/js", "workspaces/globex/sources/js", "workspaces/acme", "x"}
	for name, c := range map[string]struct{ got, want []string }{
		"installs": {Installs(cards), []string{
			"installs/1\tacme-1, acme/js", "installs/2\t`touch${IFS}x`, globex,no name", "acme-1\tinstalls/1, acme/js",
			"acme/js\tinstalls/1, acme-1", "globex\tinstalls/2, `touch${IFS}x`",
		}},
		"sources":          {Sources(sources, false), []string{"js\tworkspaces/acme/sources/js"}},
		"names of sources": {Sources(sources, true), sources[:2]},
		"workspaces":       {Workspaces([]string{"workspaces/acme", "workspaces/acme", "x/y"}), []string{"acme"}},
		"settings":         {Settings(known, "x", "="), []string{Described("apiKey=", "Key\x1b (string, required)")}},
		"no settings":      {Settings(known, "z", "="), nil},
		"explained":        {Explained("Words:\n\n  ok       fine\n  bad_one  not\n   three blanks\n"), []string{"ok\tfine", "bad_one\tnot"}},
		"explained words":  {ExplainedOf([]string{"b", "a"}, "  a  first"), []string{"b", "a\tfirst"}},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for name, set := range map[string][]string{
		"formats": Formats(), "stores": Stores(), "modes": Modes(), "collections": Collections(), "scopes": Scopes(), "quirks": Quirks(),
	} {
		if len(set) < 2 {
			t.Errorf("%s: %q", name, set)
		}
	}
}
