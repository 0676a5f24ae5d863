package cmd

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/wire"
)

// completing is an App at a sandbox, whose completions are called without their deadline: how fast this machine is must
// not decide what a test sees.
type completing struct {
	*App
	box   *sandbox.Server
	cache string
	now   time.Time
	stop  func()
}

func newCompleting(tb testing.TB, o sandbox.Options) *completing {
	tb.Helper()
	o.Tokens = append(o.Tokens, "t0ken:workspace")
	if o.Scope == "" {
		o.Scope = sandboxScope
	}
	box, err := sandbox.New(o)
	if err != nil {
		tb.Fatal(err)
	}
	server := httptest.NewServer(judged(tb, box))
	tb.Cleanup(server.Close)
	dir := filepath.Join(tb.TempDir(), "state")
	env := map[string]string{
		"SEGCTL_API_URL":    server.URL,
		"SEGCTL_ID_URL":     server.URL,
		"SEGCTL_TOKEN":      "t0ken",
		"SEGCTL_STATE_DIR":  dir,
		"SEGCTL_CONFIG_DIR": dir,
	}
	c := &completing{box: box, cache: filepath.Join(dir, destination.CacheName), now: time.Now(), stop: server.Close}
	c.App = &App{
		In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{},
		Env:   func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		Now:   func() time.Time { return c.now },
		Store: install.NewMemory(),
	}
	return c
}

func (c *completing) slugs(t *testing.T) []string {
	t.Helper()
	var words []string
	for _, found := range c.findSlugs(t.Context(), &cobra.Command{}, nil) {
		word, _, _ := strings.Cut(found, "\t")
		words = append(words, word)
	}
	return words
}

func (c *completing) catalogRequests() int {
	n := 0
	for _, r := range c.box.Requests() {
		if r.Path == "/v1beta/catalog/destinations" {
			n++
		}
	}
	return n
}

func TestCatalogIsCachedForADay(t *testing.T) {
	t.Parallel()
	c := newCompleting(t, sandbox.Options{})
	cold := c.slugs(t)
	if len(cold) < 3 {
		t.Fatalf("slugs %q, want the sandbox's catalog", cold)
	}
	info, err := os.Stat(c.cache)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		t.Errorf("mode of the cache %o, want 600", mode)
	}
	for _, step := range []struct {
		words    string
		before   func()
		requests int
	}{
		{"the same day", func() { c.now = c.now.Add(23 * time.Hour) }, 1},
		{"the day after", func() { c.now = c.now.Add(2 * time.Hour) }, 2},
		{"with the clock set back", func() { c.now = c.now.Add(-time.Hour) }, 3},
		{"with a cache that is cut short", func() { write(t, c.cache, `{"v":2,"catalogs":{"`) }, 4},
		{"with a cache of another version", func() { write(t, c.cache, `{"v":99,"catalogs":{}}`) }, 5},
		{"with a cache that is too large", func() { write(t, c.cache, strings.Repeat(" ", 1<<20+1)) }, 6},
		{"with a cache that others can write", func() { expose(t, c.cache) }, 7},
	} {
		step.before()
		if diff := cmp.Diff(cold, c.slugs(t)); diff != "" {
			t.Errorf("slugs %s (-cold +now):\n%s", step.words, diff)
		}
		if got := c.catalogRequests(); got != step.requests {
			t.Errorf("%s: %d requests for the catalog in all, want %d", step.words, got, step.requests)
		}
	}
}

// Slugs change seldom: offline, old ones are better than none.
func TestOldCatalogIsUsedOffline(t *testing.T) {
	t.Parallel()
	c := newCompleting(t, sandbox.Options{})
	online := c.slugs(t)
	c.stop()
	c.now = c.now.Add(7 * 24 * time.Hour)
	ctx, cancel := context.WithTimeout(t.Context(), lookupTime)
	defer cancel()
	if got := c.findSlugs(ctx, &cobra.Command{}, nil); len(got) == 0 || len(got) != len(online) {
		t.Errorf("%d slugs a week later, want the %d from before", len(got), len(online))
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func expose(t *testing.T, path string) {
	t.Helper()
	if err := os.Chmod(path, 0o666); err != nil {
		t.Fatal(err)
	}
}

// useApp takes the given token away and gives the demo App's credentials instead, with further variables.
func (c *completing) useApp(further map[string]string) {
	variable := map[string]string{
		"SEGCTL_TOKEN":         "",
		"SEGCTL_CLIENT_ID":     sandbox.DemoClientID,
		"SEGCTL_CLIENT_SECRET": sandbox.DemoClientSecret,
	}
	maps.Copy(variable, further)
	c.Env = envOr(variable, c.Env)
}

// envOr is an environment with some variables of its own before those of another one.
func envOr(own map[string]string, other func(string) (string, bool)) func(string) (string, bool) {
	return func(name string) (string, bool) {
		if value, ok := own[name]; ok {
			return value, ok
		}
		return other(name)
	}
}

// A completion works with the token as it is: refreshing would kill the one that a running script holds.
func TestCompletionRefreshesNothing(t *testing.T) {
	t.Parallel()
	c := newCompleting(t, sandbox.Options{})
	c.useApp(nil)
	expired := install.Install{
		Card: install.Card{
			Name: "installs/1", Scope: sandboxScope, Origin: wire.Origin(c.env("SEGCTL_API_URL")),
			Workspaces: []string{"workspaces/acme"}, Sources: []string{"workspaces/acme/sources/js"},
			ObtainedAt: c.now.Add(-2 * time.Hour), ExpiresAt: c.now.Add(-time.Hour),
		},
		Token: "dead-token",
	}
	err := c.Store.Update(t.Context(), expired.Name, func(*install.Install) (*install.Install, error) { return &expired, nil })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"clearbrain"}, c.slugs(t)); diff != "" {
		t.Errorf("slugs, where the catalog cannot be read (-want +got):\n%s", diff)
	}
	sources := c.findSources(t.Context(), &cobra.Command{}, nil)
	if diff := cmp.Diff([]string{"js\tworkspaces/acme/sources/js"}, sources); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
	if c.catalogRequests() == 0 {
		t.Error("the catalog was not asked for")
	}
	for _, r := range c.box.Requests() {
		if strings.HasPrefix(r.Path, "/v1beta/installs/") {
			t.Errorf("%s %s: a completion has refreshed a token", r.Method, r.Path)
		}
	}
}

// lockedVault is a vault that must not be asked.
type lockedVault struct{ install.MemoryVault }

func (*lockedVault) Get(context.Context, string) ([]byte, error) {
	panic("a completion has read a secret")
}

// TestInstallsAreCompletedFromTheirCards by name, label and place, without a look at a token. What a shell would run is
// left out.
func TestInstallsAreCompletedFromTheirCards(t *testing.T) {
	t.Parallel()
	c := newCompleting(t, sandbox.Options{})
	c.useApp(nil)
	c.Store = install.Open(filepath.Dir(c.cache), "default", &lockedVault{}, nil)
	err := c.Store.Add(t.Context(), []install.Card{
		{Name: "installs/1", Label: "Acme Inc", Workspaces: []string{"workspaces/acme"}, Sources: []string{"workspaces/acme/sources/js"}},
		{Name: "installs/2", Label: "globex", Workspaces: []string{"workspaces/globex"}},
		{Name: "installs/3", Label: "`touch owned`", Workspaces: []string{"workspaces/acme"}, Sources: []string{"workspaces/acme/sources/js"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"installs/1\tAcme Inc, acme/js", "installs/2\tglobex, globex", "installs/3\t`touch owned`, acme/js",
		"globex\tinstalls/2, globex",
		"acme/js\tinstalls/1, Acme Inc",
	}
	if diff := cmp.Diff(want, c.findInstalls(t.Context(), &cobra.Command{}, nil)); diff != "" {
		t.Errorf("installs (-want +got):\n%s", diff)
	}
	workspaces := c.findWorkspaces(t.Context(), &cobra.Command{}, nil)
	if diff := cmp.Diff([]string{"acme", "globex"}, workspaces); diff != "" {
		t.Errorf("workspaces (-want +got):\n%s", diff)
	}
}

// TestHostileCatalogIsNotCompleted has servers whose catalogs hold commands for bash.
func TestHostileCatalogIsNotCompleted(t *testing.T) {
	t.Parallel()
	for catalog, want := range map[string][]string{
		`{"name":"catalog/destinations/good","settings":[{"name":"fine","display_name":"Fine","type":"STRING"}]}`: {"good", "fine=\tFine (string)"},
		`{"name":"catalog/destinations/good","settings":[{"name":"` + "`id`" + `"}]}`:                             {"good"},
		`{"name":"catalog/destinations/good"},{"name":"catalog/destinations/` + "`touch${IFS}owned`" + `"}`:       nil,
	} {
		c := newCompleting(t, sandbox.Options{})
		hostile := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"destinations":[`+catalog+`]}`)
		}))
		t.Cleanup(hostile.Close)
		c.Env = envOr(map[string]string{"SEGCTL_API_URL": hostile.URL, "SEGCTL_ID_URL": hostile.URL}, c.Env)
		for _, when := range []string{"cold", "warm"} {
			got := append(c.slugs(t), c.findSettings("=")(t.Context(), &cobra.Command{}, []string{"good"})...)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %s: candidates (-want +got):\n%s", catalog, when, diff)
			}
		}
	}
}
