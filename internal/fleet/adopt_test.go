package fleet

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/wire"
)

// adopting is a World for adopting installs into a store.
func adopting(tb testing.TB, store install.Store) *account.World {
	tb.Helper()
	env := map[string]string{"SEGCTL_CLIENT_ID": "client", "SEGCTL_SCOPE": "destination/clearbrain"}
	settings, err := config.Load(config.Options{Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }})
	if err != nil {
		tb.Fatal(err)
	}
	return &account.World{Settings: settings, Store: store, Redactor: new(secret.Redactor)}
}

// adopt adopts a table, and returns what it came to in words.
func adopt(t *testing.T, w *account.World, text string) string {
	t.Helper()
	table, faults, err := ReadRows(strings.NewReader(text), "x.csv")
	if err != nil {
		t.Fatal(err)
	}
	a, err := Adopt(t.Context(), w, table, faults)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Save(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	said := fmt.Sprintf("%d/%d/%d", a.Added, a.Updated, a.Unchanged)
	for _, f := range a.Faults {
		said += "; " + f.String()
	}
	return said
}

func TestAdopt(t *testing.T) {
	t.Parallel()
	w := adopting(t, install.NewMemory())
	if got, want := adopt(t, w, "install,label,workspace,source,scope\n7,a,acme,js,\ninstall/8,b,,,workspace\n"), "2/0/0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	cards, err := w.Store.Cards(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	bound := install.Card{ClientID: "client", Issuer: wire.SegmentID, Origin: wire.SegmentAPI}
	seven, eight := bound, bound
	seven.Name, seven.Label, seven.Scope = "installs/7", "a", "destination/clearbrain"
	seven.Workspaces, seven.Sources = []string{"workspaces/acme"}, []string{"workspaces/acme/sources/js"}
	eight.Name, eight.Label, eight.Scope = "installs/8", "b", wire.ScopeWorkspace
	if diff := cmp.Diff([]install.Card{seven, eight}, cards); diff != "" {
		t.Errorf("cards (-want +got)\n%s", diff)
	}
}

// No two installs have one label in the end, whoever gave it to them, and a row is only bad if it would bring that about.
func TestAdoptKeepsLabelsApart(t *testing.T) {
	t.Parallel()
	saved := "install,label\n1,one\n2,two\n3,three\n4,\n"
	for name, test := range map[string]struct{ rows, want, labels string }{
		"swapped":                   {"1,two\n2,one\n", "0/2/0", "two one three -"},
		"handed on":                 {"1,two\n2,three\n3,uno\n", "0/3/0", "two three uno -"},
		"taken":                     {"4,three\n", "0/0/0; line 2, column label: is that of installs/3 already", "one two three -"},
		"twice":                     {"4,four\n3,four\n", "0/1/0; line 3, column label: is that of installs/4 already", "one two three four"},
		"its own":                   {"3,three\n", "0/0/1", "one two three -"},
		"empty":                     {"1,\n3,\n4,\n", "0/0/3", "one two three -"},
		"bad ones keep their label": {"3,x/y\n4,three\n", "0/0/0; line 2, column label: could be taken for the name of an install, or a place; line 3, column label: is that of installs/3 already", "one two three -"},
		"one after the other":       {"2,one\n4,two\n", "0/0/0; line 2, column label: is that of installs/1 already; line 3, column label: is that of installs/2 already", "one two three -"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := adopting(t, install.NewMemory())
			adopt(t, w, saved)
			if got := adopt(t, w, "install,label\n"+test.rows); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			cards, err := w.Store.Cards(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var labels []string
			for _, card := range cards {
				if card.Label == "" {
					card.Label = "-"
				}
				labels = append(labels, card.Label)
			}
			if got := strings.Join(labels, " "); got != test.labels {
				t.Errorf("labels are %s, want %s", got, test.labels)
			}
		})
	}
}

// A card that came from elsewhere, with more or less in it than a row has, is left as it is by its own export.
func TestExportComesBack(t *testing.T) {
	t.Parallel()
	store := install.NewMemory()
	w := adopting(t, store)
	kept := []install.Install{
		{Card: install.Card{Name: "installs/1"}}, // of an earlier version, which knew nothing
		{Card: install.Card{Name: "installs/2", Label: "Größe \"1\", Inc.", App: "apps/2", Scope: "workspace", ClientID: "client", Origin: wire.SegmentAPI}},
		{Card: install.Card{Name: "installs/3", Workspaces: []string{"workspaces/a", "workspaces/b"}, Sources: []string{"workspaces/a/sources/x", "workspaces/b/sources/y"}}, Token: "t0ken"},
		{Card: install.Card{Name: "installs/4", Sources: []string{"workspaces/c/sources/x"}, Scope: "destination/other"}},
		{Card: install.Card{Name: "installs/x.y_z-1", Workspaces: []string{"workspaces/a"}}},
	}
	for _, i := range kept {
		if err := store.Update(t.Context(), i.Name, func(*install.Install) (*install.Install, error) { return &i, nil }); err != nil {
			t.Fatal(err)
		}
	}
	before, err := store.Cards(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text := "install,label,workspace,source,scope\n"
	for _, row := range Export(before) {
		for i := range row {
			row[i] = `"` + strings.ReplaceAll(row[i], `"`, `""`) + `"`
		}
		text += strings.Join(row, ",") + "\n"
	}
	if got, want := adopt(t, w, text), "0/0/5"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	after, err := store.Cards(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("cards (-before +after)\n%s", diff)
	}
}

// BenchmarkAdopt reads ten thousand rows and saves them in a store of files: less than two seconds. It deletes nothing
// before its end: see BenchmarkAdd in package install.
func BenchmarkAdopt(b *testing.B) {
	var text strings.Builder
	text.WriteString("install,label,workspace,source,scope\n")
	for i := range 10_000 {
		fmt.Fprintf(&text, "installs/%d,customer %d,w%d,js,destination/clearbrain\n", i, i, i)
	}
	open := func() *account.World {
		dir := b.TempDir()
		return adopting(b, install.Open(dir, "default", install.Files{Dir: dir}, nil))
	}
	run := func(b *testing.B, w *account.World, want Adoption) {
		b.Helper()
		table, faults, err := ReadRows(strings.NewReader(text.String()), "x.csv")
		if err != nil {
			b.Fatal(err)
		}
		a, err := Adopt(context.Background(), w, table, faults)
		if err != nil {
			b.Fatal(err)
		}
		if a.Added != want.Added || a.Unchanged != want.Unchanged {
			b.Fatalf("%d added, %d unchanged", a.Added, a.Unchanged)
		}
		if err := a.Save(context.Background(), w); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			run(b, open(), Adoption{Added: 10_000})
		}
	})
	b.Run("again", func(b *testing.B) {
		w := open()
		run(b, w, Adoption{Added: 10_000})
		for b.Loop() {
			run(b, w, Adoption{Unchanged: 10_000})
		}
	})
}
