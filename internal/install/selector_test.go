package install

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSelector(t *testing.T) {
	t.Parallel()
	cards := []Card{
		{Name: "installs/1", Label: "prod", Workspaces: []string{"workspaces/acme"}, Sources: []string{"workspaces/acme/sources/js"}},
		{Name: "installs/2", Label: "acme", Workspaces: []string{"workspaces/acme"}, Sources: []string{"workspaces/acme/sources/ios", "workspaces/acme/sources/web"}},
		{Name: "installs/3", Label: "1", Workspaces: []string{"workspaces/beta"}},
		{Name: "installs/4", Label: "new"},
		{Name: "installs/5", Workspaces: []string{"workspaces/beta"}, Sources: []string{"workspaces/beta/sources/js"}},
	}
	for _, c := range []struct {
		selector Selector
		want     []string // ids
	}{
		{Selector{}, []string{"1", "2", "3", "4", "5"}},
		{Selector{Install: "installs/2"}, []string{"2"}},
		{Selector{Install: "install/2"}, []string{"2"}},
		{Selector{Install: "1"}, []string{"1"}}, // the name, not the label
		{Selector{Install: "prod"}, []string{"1"}},
		{Selector{Install: "acme"}, []string{"2"}}, // the label, not the workspace
		{Selector{Install: "beta"}, []string{"3", "5"}},
		{Selector{Install: "workspaces/beta"}, []string{"3", "5"}},
		{Selector{Install: "acme/js"}, []string{"1"}},
		{Selector{Install: "acme/web"}, []string{"2"}},
		{Selector{Install: "workspaces/acme/sources/js"}, []string{"1"}},
		{Selector{Install: "beta/js"}, []string{"5"}},
		{Selector{Install: "beta/web"}, nil},
		{Selector{Install: "nosuch"}, nil},
		{Selector{Install: "installs/9"}, nil},
		{Selector{Install: "a/b/c"}, nil},
		{Selector{Workspace: "acme"}, []string{"1", "2"}},
		{Selector{Workspace: "workspaces/acme", Source: "web"}, []string{"2"}},
		{Selector{Source: "js"}, []string{"1", "5"}},
		{Selector{Source: "workspaces/beta/sources/js"}, []string{"5"}},
		{Selector{Workspace: "acme", Source: "workspaces/beta/sources/js"}, nil},
		{Selector{Workspace: "beta", Source: "web"}, []string{"3", "4"}}, // not known to be for it, but may be
		{Selector{Workspace: "gamma"}, []string{"4"}},
		{Selector{Install: "beta", Source: "js"}, []string{"5"}},
		{Selector{Install: "prod", Workspace: "beta"}, nil},
	} {
		var got []string
		for _, card := range c.selector.Choose(cards) {
			got = append(got, card.Name[len("installs/"):])
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", c.selector, diff)
		}
	}
	for n, want := range []string{"acme/js", "acme/ios,acme/web", "beta", "", "beta/js"} {
		if got := cards[n].Place(); got != want {
			t.Errorf("%s is at %q, want %q", cards[n].Name, got, want)
		}
	}
}
