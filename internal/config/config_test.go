package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func environment(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := vars[name]
		return value, ok
	}
}

// folder returns a new folder that has the config.yaml.
func folder(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, File(dir), text)
	return dir
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T, o Options) *Settings {
	t.Helper()
	s, err := Load(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "absent")
	s := load(t, Options{Dir: dir})
	got := map[string]string{"profile": s.Profile + ", " + s.ProfileSource}
	for _, key := range Keys() {
		got[key] = s.Get(key) + ", " + s.Source(key).String()
	}
	want := map[string]string{
		"profile":       "default, default",
		"client_id":     ", not set",
		"client_secret": ", not set",
		"scope":         ", not set",
		"redirect_url":  "http://localhost:8888/auth/segment/callback, default",
		"id_url":        "https://id.segmentapis.com, default",
		"api_url":       "https://platform.segmentapis.com, default",
		"store":         "keyring, default",
		"database_url":  ", not set", "seal_recipients": ", not set", "seal_identities": ", not set",
		"output": ", not set",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("loading made the folder")
	}
}

// Each layer sets the scope; taking the strongest away must uncover the next.
func TestPrecedence(t *testing.T) {
	t.Parallel()
	dir := folder(t, "profiles: {Acme.eu: {scope: destination/file}}")
	envFile := filepath.Join(t.TempDir(), ".env")
	writeFile(t, envFile, "# comment\nSEGCTL_SCOPE=destination/envfile\n")
	o := Options{
		Dir: dir, EnvFile: envFile, Profile: "Acme.eu", NewProfile: true,
		Env:     environment(map[string]string{"SEGCTL_SCOPE": "destination/env"}),
		Flags:   map[string]string{Scope: "destination/flag"},
		BuiltIn: map[string]map[string]string{"Acme.eu": {Scope: "destination/builtin"}},
	}
	steps := []struct {
		value, source string
		layer         Layer
		drop          func()
	}{
		{"destination/flag", "--scope", InFlag, func() { o.Flags = nil }},
		{"destination/env", "SEGCTL_SCOPE", InEnvironment, func() { o.Env = environment(map[string]string{"SEGCTL_SCOPE": ""}) }},
		{"destination/envfile", ".env:2", InEnvFile, func() { o.EnvFile = "" }},
		{"destination/file", "config.yaml (profile Acme.eu)", InFile, func() { o.Dir = "" }},
		{"destination/builtin", "built in (profile Acme.eu)", BuiltIn, func() { o.BuiltIn = nil }},
		{"", "not set", NotSet, func() {}},
	}
	for _, step := range steps {
		s := load(t, o)
		if s.Get(Scope) != step.value || s.Source(Scope).String() != step.source || s.Source(Scope).Layer != step.layer {
			t.Errorf("got %q from %v, want %q from %s", s.Get(Scope), s.Source(Scope), step.value, step.source)
		}
		step.drop()
	}
}

func TestErrorNamesTheVariableNotTheValue(t *testing.T) {
	t.Parallel()
	_, err := Load(Options{Env: environment(map[string]string{"SEGCTL_STORE": "canary"})})
	if want := "SEGCTL_STORE: store is not a store (valid: keyring, file, postgres)"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = Load(Options{Flags: map[string]string{"id_url": "https://user:canary@example.com"}})
	if want := "--id-url: id_url must not hold a user name or password"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = Load(Options{Profile: "a/b"})
	if err == nil || !strings.HasPrefix(err.Error(), "--profile: a profile's name") {
		t.Errorf("got %v", err)
	}
}

func TestCheckValue(t *testing.T) {
	t.Parallel()
	good := []string{
		"scope destination/customer.io", "scope workspace", "scope workspace:read", "output tsv", "store file",
		"api_url http://[::1]:8080", "api_url https://example.com", "id_url http://127.0.0.1:1", "redirect_url http://localhost:8888/x", "redirect_url https://app.example.com/callback?a=b",
		"client_id 0f6bd7c4-9a44-4a49-8a9f-0b2b8a3a4f0e",
	}
	bad := []string{
		"scope destination/", "scope destination/a/b", "scope destination/..", "scope destinations/x", "scope destination/a b",
		"output xml", "store memory", "api_url example.com", "api_url //example.com", "api_url ftp://example.com",
		"api_url http://localhost.example.com", "api_url http://127.0.0.1.example.com", "api_url https://", "id_url https://a/#b",
		"redirect_url http://u:p@localhost/x", "redirect_url /x", "redirect_url ftp://localhost/x", "redirect_url http://localhost/x#",
		"api_url https://example.com/v1", "api_url https://example.com?x", "client_id a b", "client_secret a\nb", "client_id ", "nosuch x", "profile x",
	}
	for _, text := range slices.Concat(good, bad) {
		key, value, _ := strings.Cut(text, " ")
		if err := CheckValue(key, value); (err == nil) != slices.Contains(good, text) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestFindDirs(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	got, err := FindDirs(environment(map[string]string{"SEGCTL_CONFIG_DIR": root, "XDG_CONFIG_HOME": "/nowhere", "XDG_STATE_HOME": root}))
	want := Dirs{Config: root, State: filepath.Join(root, "segctl")}
	if err != nil || got != want {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	got, err = FindDirs(environment(map[string]string{"XDG_CONFIG_HOME": "relative", "XDG_STATE_HOME": root}))
	if err != nil || !filepath.IsAbs(got.Config) || strings.Contains(got.Config, "relative") {
		t.Errorf("got %v, %v: a relative XDG path is to be ignored", got, err)
	}
}
