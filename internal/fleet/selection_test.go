package fleet

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
)

func testCards() []install.Card {
	card := func(name, label string, sources ...string) install.Card {
		return install.Card{Name: name, Label: label, Sources: sources}
	}
	return []install.Card{
		card("installs/1", "acme-eu", "workspaces/acme/sources/js"),
		card("installs/2", "", "workspaces/acme/sources/ios"),
		card("installs/3", "globex", "workspaces/globex/sources/js", "workspaces/globex/sources/web"),
		{Name: "installs/4", Workspaces: []string{"workspaces/initech"}},
		card("installs/5", "acme-us"),
	}
}

func TestSelection(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		s    Selection
		want string
	}{
		{"all", Selection{All: true}, "1 2 3 4 5"},
		{"a star takes slashes", Selection{Match: []string{"acme*"}}, "1 2 5"},
		{"a place", Selection{Match: []string{"*/js"}}, "1 3"},
		{"the second of two places", Selection{Match: []string{"globex/w?b"}}, "3"},
		{"a whole workspace", Selection{Match: []string{"initech"}}, "4"},
		{"two patterns, each once", Selection{Match: []string{"acme/*", "*/js"}}, "1 2 3"},
		{"a list, in its order", Selection{Names: []string{"globex", "installs/1", "acme/ios", "1"}, From: "f"}, "3 1 2"},
		{"nothing has no label", Selection{Match: []string{"*"}}, "1 2 3 4 5"},
	} {
		chosen, err := c.s.Choose(testCards())
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []string
		for _, card := range chosen {
			got = append(got, strings.TrimPrefix(card.Name, "installs/"))
		}
		if diff := cmp.Diff(strings.Fields(c.want), got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestSelectionRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s    Selection
		exit int
		text string
	}{
		{Selection{Match: []string{"["}}, problem.ExitUsage, "not a pattern"},
		{Selection{Match: []string{""}}, problem.ExitUsage, "not a pattern"},
		{Selection{Match: []string{"nobody*"}}, problem.ExitSignIn, "none of 5"},
		{Selection{Names: []string{"acme"}, From: "f"}, problem.ExitUsage, "several installs at once: acme"},
		{Selection{Names: []string{"1", "9", "nobody"}, From: "f"}, problem.ExitSignIn, "2 installs that are not saved here: 9, nobody"},
		{Selection{From: "f"}, problem.ExitUsage, "f names no install"},
	} {
		_, err := c.s.Choose(testCards())
		if err == nil {
			t.Errorf("%+v: no error", c.s)
			continue
		}
		if p := problem.Of(err, problem.Context{}); p.Exit != c.exit || !strings.Contains(p.Message, c.text) || len(p.Hints) == 0 {
			t.Errorf("%+v: %+v", c.s, p)
		}
	}
	if _, err := (Selection{All: true}).Choose(nil); err == nil {
		t.Error("all of none is no error")
	}
}
