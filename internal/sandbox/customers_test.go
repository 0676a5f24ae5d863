package sandbox

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// tokenOf is the present token of an install, "" for none that works.
func tokenOf(t *testing.T, s *Server, install string) string {
	t.Helper()
	var found string
	_ = s.store.view(func(tx *tx) error {
		for _, in := range s.exportInstalls(tx) {
			if in.Name == install {
				found = in.Token
			}
		}
		return nil
	})
	return found
}

// A fleet: each customer has a workspace, a source, an install and a token that works; the share that is enabled is
// spread evenly, and the same at every start.
func TestCustomers(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{Customers: 10, Enabled: 30, Tokens: []string{workspaceToken}})
	var enabled []int
	for n := 1; n <= 10; n++ {
		w := fmt.Sprintf("workspaces/customer-%04d", n)
		got := decode[workspace](t, api(s, workspaceToken, "GET", "/v1beta/"+w, ""))
		if got.DisplayName != fmt.Sprintf("Customer %04d", n) {
			t.Errorf("%+v", got)
		}
		name := fmt.Sprintf("installs/%d", n)
		token := tokenOf(t, s, name)
		switch read := api(s, token, "GET", "/v1beta/"+w+"/sources/js/destinations/clearbrain", ""); read.Code {
		case 200:
			d := decode[destination](t, read)
			if !d.Enabled || string(d.Config[0].Value) != fmt.Sprintf(`"customer-%04d-apiKey"`, n) {
				t.Errorf("%+v", d)
			}
			enabled = append(enabled, n)
		case 404:
		default:
			t.Errorf("token of %s: %d %s", name, read.Code, read.Body)
		}
		renewed := decode[tokenAnswer](t, refresh(s, name))
		if diff := cmp.Diff([]string{w}, renewed.WorkspaceNames); diff != "" || renewed.Scope != "destination/clearbrain" || renewed.AppName != "apps/2" {
			t.Errorf("refresh of %s: %+v", name, renewed)
		}
	}
	if diff := cmp.Diff([]int{4, 7, 10}, enabled); diff != "" {
		t.Errorf("enabled (-want +got):\n%s", diff)
	}
	if w := api(s, workspaceToken, "GET", "/v1beta/workspaces/acme", ""); w.Code != 200 {
		t.Error("the workspaces of the seed are gone")
	}
}

// Any entry that has required settings can be enabled with values that it takes.
func TestCustomersOfEveryDestination(t *testing.T) {
	t.Parallel()
	for _, entry := range catalogSeed() {
		slug := lastWord(entry.Name)
		s := newSandbox(t, Options{Scope: "destination/" + slug, Customers: 2, Enabled: 100})
		d := decode[destination](t, api(s, tokenOf(t, s, "installs/2"), "GET", "/v1beta/workspaces/customer-0002/sources/js/destinations/"+slug, ""))
		if !d.Enabled {
			t.Errorf("%s: %+v", slug, d)
		}
	}
}

func TestCustomersOfAWholeWorkspace(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{Scope: "workspace", Customers: 1})
	if diff := cmp.Diff([]Installed{{Name: "installs/1", App: "apps/2", Workspace: "customer-0001", Scope: "workspace"}}, s.Installs()); diff != "" {
		t.Errorf("installs (-want +got):\n%s", diff)
	}
	if w := api(s, tokenOf(t, s, "installs/1"), "GET", "/v1beta/workspaces/customer-0001/sources/js", ""); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestCustomersThatMakeNoSense(t *testing.T) {
	t.Parallel()
	seed := write(t, "seed.yaml", "workspaces: [{name: customer-0002}]")
	for want, o := range map[string]Options{
		"between 0 and 100000":        {Customers: -1},
		"between 0 and 100 percent":   {Customers: 1, Enabled: 101},
		"there is none":               {Enabled: 1},
		"names no destination":        {Scope: "workspace", Customers: 1, Enabled: 1},
		"customer-0002 is in the see": {SeedFile: seed, Customers: 2},
	} {
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", o, err, want)
		}
	}
}

// With a state file, the tokens of the first start are not those of the next one: what was refreshed stays refreshed.
func TestCustomersKeepTheirState(t *testing.T) {
	t.Parallel()
	o := Options{Customers: 2, Quirks: readable(), StateFile: filepath.Join(t.TempDir(), "state")}
	s := newSandbox(t, o)
	old := tokenOf(t, s, "installs/1")
	fresh := decode[tokenAnswer](t, refresh(s, "installs/1")).AccessToken
	kept := tokenOf(t, s, "installs/2")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = newSandbox(t, o)
	const path = "/v1beta/workspaces/customer-0001/sources/js"
	if w := api(s, fresh, "GET", path, ""); w.Code != 200 {
		t.Errorf("the fresh token: %d", w.Code)
	}
	if w := api(s, old, "GET", path, ""); w.Code != 401 {
		t.Errorf("the old token: %d", w.Code)
	}
	if w := api(s, kept, "GET", "/v1beta/workspaces/customer-0002", ""); w.Code != 200 {
		t.Errorf("the token that was not refreshed: %d", w.Code)
	}
	if n := len(s.store.lists["tokens"]); n != 2 {
		t.Errorf("%d tokens for two installs", n)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// A reset brings each install back with the token that it began with, alive; a reset of one of the two leaves no token
// without its install.
func TestResetOfInstalls(t *testing.T) {
	t.Parallel()
	const path = "/v1beta/workspaces/customer-0001/sources/js"
	clock := newClock()
	s := newSandbox(t, Options{Customers: 2, Quirks: readable(), AutoApprove: true, Now: clock.Now})
	first := tokenOf(t, s, "installs/1")
	works := func(token string, want bool) {
		t.Helper()
		if w := api(s, token, "GET", path, ""); (w.Code == 200) != want {
			t.Errorf("token: %d, want it to work: %v", w.Code, want)
		}
	}
	for _, only := range []string{"", "installs", "tokens"} {
		own := installed(t, s, "destination/clearbrain") // installs/3
		fresh := decode[tokenAnswer](t, refresh(s, "installs/1")).AccessToken
		if only != "tokens" {
			if _, err := s.Act(Act{Verb: "uninstall", Install: "installs/1"}); err != nil {
				t.Fatal(err)
			}
		}
		clock.advance(2 * time.Hour)
		if err := s.Reset(only); err != nil {
			t.Fatal(err)
		}
		works(first, true)
		works(fresh, false)
		want(t, api(s, own.AccessToken, "GET", clearbrainPath, ""), 401, apiErrorBody("malformed token", 16))
		if got := tokenOf(t, s, "installs/1"); got != first {
			t.Errorf("after a reset of %q the install has %q", only, got)
		}
		if w := refresh(s, "installs/1"); w.Code != 200 {
			t.Errorf("refresh after a reset of %q: %d", only, w.Code)
		}
		works(first, false)
	}
	// Who took the App off stays without it when the tokens alone come back.
	if err := s.Reset(""); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Act(Act{Verb: "uninstall", Install: "installs/1"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Reset("tokens"); err != nil {
		t.Fatal(err)
	}
	works(first, false)
}

func TestSampler(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	for _, c := range []struct {
		set  catalogSetting
		want string // of customer-0002; "": none is known
	}{
		{text("key", "", ""), "customer-0002-key"},
		{text("key", "", "^[0-9a-f]{32}$"), "2bd57b8f97074b78d22ffb6c8d4f989f"},
		{text("id", "", `^UA-\d+-\d+$`), "UA-0002-1"},
		{text("id", "", `^\d{4,}$`), "0002"},
		{text("url", "", `^https://(?!www\.).*$`), "https://customer-0002.example.com"},
		{text("mail", "", `^[^@]+@[^@]+$`), "customer-0002@example.com"},
		{text("code", "", `^(?:us|eu)[A-Z]+x{2,3}y?-[^a-zA-Z0-9]\d*.$`), "usAxx-\x00x"},
		{text("none", "", `^(?!x)y\1$`), ""},
		{setting("on", "", "BOOLEAN"), "true"},
		{setting("n", "", "NUMBER"), "1"},
		{setting("c", "", "COLOR"), "#336699"},
		{setting("l", "", "LIST"), "[one]"},
		{setting("m", "", "MIXED"), "[]"},
		{setting("m", "", "MAP"), "map[key:one]"},
		{choice("s", ""), "one"},
		{choice("s", "", "us", "eu"), "us"},
		{catalogSetting{Name: "n", Type: "NUMBER", NumberValidators: &numberValidators{10, 20}}, "10"},
		{catalogSetting{Name: "m", Type: "MAP", MapValidators: &mapValidators{Regexp: `^metric\d$`, Min: 2, MapPrefix: "k"}}, "map[k1:metric0 k2:metric0]"},
		{catalogSetting{Name: "m", Type: "MAP", MapValidators: &mapValidators{SelectOptions: []any{"a"}}}, "map[1:a]"},
	} {
		sample, ok := s.sampler(&c.set)
		if ok != (c.want != "") {
			t.Errorf("%+v: %v", c.set, ok)
			continue
		}
		if !ok {
			continue
		}
		if got := fmt.Sprint(sample("customer-0002")); got != c.want {
			t.Errorf("%s %+v: %q, want %q", c.set.Name, c.set.StringValidators, got, c.want)
		}
	}
}

// BenchmarkCustomers is the start, and the memory, of ten thousand customers.
func BenchmarkCustomers(b *testing.B) {
	for b.Loop() {
		before := heapMB()
		s, err := New(Options{Customers: 10_000, Enabled: 80})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(heapMB()-before, "MB")
		if n := len(s.Installs()); n != 10_000 {
			b.Fatal(n)
		}
	}
}

// readable lets a token with a destination scope read its source, so that any of them can be tried.
func readable() map[string]string { return map[string]string{quirkOwnSource: "readable"} }
