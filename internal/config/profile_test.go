package config

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sandboxed are the built-in values of a sandbox profile.
func sandboxed() map[string]map[string]string {
	return map[string]map[string]string{SandboxProfile: {
		IDURL: "http://127.0.0.1:8899", APIURL: "http://127.0.0.1:8899", ClientID: "demo", ClientSecret: "demo-secret",
	}}
}

func TestProfileChoice(t *testing.T) {
	t.Parallel()
	o := Options{
		Dir:     folder(t, "profile: file\nprofiles: {file: {}, flag: {}, env: {}, other.One: {client_id: x}}"),
		Env:     environment(map[string]string{"SEGCTL_PROFILE": "env"}),
		Sandbox: true, Profile: "flag",
		BuiltIn: sandboxed(),
	}
	for _, step := range []struct {
		want string
		drop func()
	}{
		{"flag --profile", func() { o.Profile = "" }},
		{"sandbox --sandbox", func() { o.Sandbox = false }},
		{"env SEGCTL_PROFILE", func() { o.Env = nil }},
		{"file config.yaml", func() { o.Dir = "" }},
		{"default default", func() {}},
	} {
		s := load(t, o)
		if got := s.Profile + " " + s.ProfileSource; got != step.want {
			t.Errorf("got %q, want %q", got, step.want)
		}
		if o.Dir != "" {
			if diff := cmp.Diff([]string{"default", "env", "file", "flag", "other.One", "sandbox"}, s.Profiles()); diff != "" {
				t.Errorf("profiles (-want +got)\n%s", diff)
			}
		}
		step.drop()
	}
}

func TestUnknownProfile(t *testing.T) {
	t.Parallel()
	dir := folder(t, "profiles: {acme: {}}")
	named := folder(t, "profile: gone\nprofiles: {acme: {}}")
	tests := map[string]struct {
		o   Options
		msg string
		fix string
	}{
		"flag": {Options{Dir: dir, Profile: "acmee"}, `--profile: there is no profile "acmee"`, "config profiles"},
		"environment": {
			Options{Dir: dir, Env: environment(map[string]string{"SEGCTL_PROFILE": "acmee"})},
			`SEGCTL_PROFILE: there is no profile "acmee"`, "config profiles",
		},
		"file": {Options{Dir: named}, File(named) + `: there is no profile "gone"`, "config set profile default"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.o.BuiltIn = sandboxed()
			_, err := Load(test.o)
			e, ok := errors.AsType[*Error](err)
			if want := test.msg + " (valid: acme, default, sandbox)"; !ok || err.Error() != want {
				t.Fatalf("got %v, want %s", err, want)
			}
			if got := strings.Join(e.Fix, " "); got != test.fix {
				t.Errorf("fix: got %q, want %q", got, test.fix)
			}
			test.o.NewProfile = true
			s := load(t, test.o)
			if slices.Contains(s.Profiles(), s.Profile) {
				t.Errorf("a profile that is only named is among those there are: %v", s.Profiles())
			}
		})
	}
}

// The way out of a config.yaml that names a profile that is gone.
func TestSetCurrentProfileAgain(t *testing.T) {
	t.Parallel()
	dir := folder(t, "profile: gone\n")
	s := load(t, Options{Dir: dir, NewProfile: true})
	if err := s.Set(t.Context(), Profile, DefaultProfile); err != nil {
		t.Fatal(err)
	}
	if got := load(t, Options{Dir: dir}).Profile; got != DefaultProfile {
		t.Errorf("got %q", got)
	}
}
