package sandbox

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

const installsYAML = seedYAML + `
installs:
  - {workspace: initech, source: web}
  - {name: installs/7, app: apps/9, workspace: initech, token: given}
  - {workspace: initech, app: apps/9, source: web, scope: destination/amplitude}
`

// What a seed installs needs no consent: its token works, and is refreshed by the name of the install.
func TestSeedInstalls(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{SeedFile: write(t, "seed.yaml", installsYAML)})
	if diff := cmp.Diff([]Installed{
		{Name: "installs/8", App: "apps/2", Workspace: "initech", Source: "web", Scope: "destination/clearbrain"},
		{Name: "installs/7", App: "apps/9", Workspace: "initech", Scope: "workspace"},
		{Name: "installs/9", App: "apps/9", Workspace: "initech", Source: "web", Scope: "destination/amplitude"},
	}, s.Installs()); diff != "" {
		t.Errorf("installs (-want +got):\n%s", diff)
	}
	for token, status := range map[string]int{
		"given": 200, tokenOf(t, s, "installs/9"): 200, tokenOf(t, s, "installs/8"): 403,
	} {
		if w := api(s, token, "GET", "/v1beta/workspaces/initech/sources/web/destinations/amplitude", ""); w.Code != status {
			t.Errorf("%d, want %d: %s", w.Code, status, w.Body)
		}
	}
	if !Issued(tokenOf(t, s, "installs/8")) {
		t.Error("a token that was made is not known as one of a sandbox")
	}
	if w := refresh(s, "installs/8"); w.Code != 200 {
		t.Errorf("refresh: %d %s", w.Code, w.Body)
	}
}

func TestSeedInstallsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for want, line := range map[string]string{
		"no workspace \"nosuch\"":     "{workspace: nosuch, source: web}",
		"no source \"nosuch\"":        "{workspace: initech, source: nosuch}",
		"only then":                   "{workspace: initech}",
		"the scope is workspace":      "{workspace: initech, app: apps/9, source: web}",
		"no App \"apps/1\"":           "{workspace: initech, app: apps/1, source: web}",
		"scope \"all\"":               "{workspace: initech, source: web, scope: all}",
		"needs a name like":           "{name: installs/07, workspace: initech, source: web}",
		"is installed on initech/web": "{workspace: initech, source: web}\n  - {workspace: initech, source: web}",
		"there are two installs/4":    "{name: installs/4, workspace: initech, source: web}\n  - {name: installs/4, workspace: initech, app: apps/9}",
		"its token":                   "{workspace: initech, source: web, token: seeded}",
		"slash":                       "{workspace: initech, source: web, token: a/b}",
		"field sauce not found":       "{workspace: initech, sauce: web}",
	} {
		_, err := New(Options{SeedFile: write(t, "seed.yaml", seedYAML+"installs:\n  - "+line+"\n")})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}

// A long export is in parts that make one document, the same one as if it were written at once.
func TestExportOfMany(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{Customers: 250, Enabled: 10, Tokens: []string{workspaceToken, "another"}})
	exported, err := s.Export()
	if err != nil {
		t.Fatal(err)
	}
	plan, err := readSeed(write(t, "export.yaml", string(exported)))
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Workspaces) != 252 || len(plan.Installs) != 250 || len(plan.Tokens) != 2 {
		t.Errorf("%d workspaces, %d installs, %d tokens", len(plan.Workspaces), len(plan.Installs), len(plan.Tokens))
	}
	whole, err := yaml.Marshal(plan)
	if diff := cmp.Diff(string(whole), string(exported)); diff != "" || err != nil {
		t.Errorf("%v (-at once +in parts):\n%s", err, diff)
	}
	empty, err := seedPlan{}.encode()
	if err != nil || len(empty) > 0 {
		t.Errorf("of nothing: %q, %v", empty, err)
	}
}

// An export loses no install: not those that were made by a person, refreshed, expired or uninstalled since.
func TestExportOfInstalls(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSandbox(t, Options{Customers: 4, Enabled: 50, AutoApprove: true, Now: clock.Now})
	stale := tokenOf(t, s, "installs/3")
	clock.advance(2 * time.Hour)
	own := installed(t, s, "destination/clearbrain")
	fresh := decode[tokenAnswer](t, refresh(s, "installs/1")).AccessToken
	if _, err := s.Act(Act{Verb: "uninstall", Install: "customer-0002"}); err != nil {
		t.Fatal(err)
	}
	exported, err := s.Export()
	if err != nil {
		t.Fatal(err)
	}
	again := newSandbox(t, Options{SeedFile: write(t, "export.yaml", string(exported)), Quirks: readable(), Now: clock.Now})
	if diff := cmp.Diff(s.Installs(), again.Installs()); diff != "" {
		t.Errorf("installs (-before +after):\n%s", diff)
	}
	for name, token := range map[string]string{"customer-0001/sources/js": fresh, "acme/sources/js": own.AccessToken} {
		if w := api(again, token, "GET", "/v1beta/workspaces/"+name, ""); w.Code != 200 {
			t.Errorf("%s: the token of before: %d", name, w.Code)
		}
	}
	if w := api(again, stale, "GET", "/v1beta/workspaces/customer-0003", ""); w.Code != 401 {
		t.Errorf("a token that had expired works again: %d", w.Code)
	}
	for name, status := range map[string]int{"installs/1": 200, "installs/2": 404, "installs/3": 200, "installs/4": 200, own.InstallName: 200} {
		if w := refresh(again, name); w.Code != status {
			t.Errorf("refresh of %s: %d, want %d", name, w.Code, status)
		}
	}
}
