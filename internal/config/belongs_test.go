package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/wire"
)

const (
	segmentAPI  = "https://platform.segmentapis.com"
	loopbackAPI = "http://127.0.0.1:8899"
	otherAPI    = "https://api.example.com"
)

func TestBelongs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		own, api string // of the layer, of the run
		want     bool
	}{
		{"", segmentAPI, true},
		{"", "https://eu1.api.segmentapis.com", true},
		{"", "https://segmentapis.com.example.com", false},
		{"", loopbackAPI, false},
		{"", otherAPI, false},
		{"", "", false},
		{segmentAPI, segmentAPI, true},
		{segmentAPI, "https://eu1.api.segmentapis.com", false},
		{segmentAPI, loopbackAPI, false},
		{segmentAPI, otherAPI, false},
		{loopbackAPI, loopbackAPI, true},
		{loopbackAPI, "http://127.0.0.1:8900", false},
		{loopbackAPI, segmentAPI, false},
		{otherAPI, otherAPI, true},
		{otherAPI, "http://127.0.0.1:8899", false},
		{otherAPI, segmentAPI, false},
	} {
		for _, kind := range []Layer{Default, BuiltIn, InFile, InEnvFile, InEnvironment} {
			if got := (layer{Layer: kind, api: wire.Origin(test.own)}).belongs(wire.Origin(test.api)); got != test.want {
				t.Errorf("layer %d with api_url %q, run with %q: %v", kind, test.own, test.api, got)
			}
		}
		if !(layer{Layer: InFlag, api: wire.Origin(test.own)}).belongs(wire.Origin(test.api)) {
			t.Errorf("a flag is left out with %q", test.api)
		}
	}
}

// places are the layers that the tests below put values into, the strongest first.
func places() []Layer { return []Layer{InFlag, InEnvironment, InEnvFile, InFile, BuiltIn} }

// world is a set of options in the making: what each layer sets.
type world map[Layer]map[string]string

func (w world) set(place Layer, key, value string) {
	if w[place] == nil {
		w[place] = map[string]string{}
	}
	w[place][key] = value
}

// options writes the world down, for a profile.
func (w world) options(t *testing.T, profile string) Options {
	t.Helper()
	dir := t.TempDir()
	file, envFile, env := "profiles:\n  "+profile+":\n", "", map[string]string{}
	for key, value := range w[InFile] {
		file += fmt.Sprintf("    %s: %s\n", key, value)
	}
	for key, value := range w[InEnvFile] {
		envFile += "SEGCTL_" + strings.ToUpper(key) + "=" + value + "\n"
	}
	for key, value := range w[InEnvironment] {
		env["SEGCTL_"+strings.ToUpper(key)] = value
	}
	writeFile(t, File(dir), file)
	writeFile(t, filepath.Join(dir, ".env"), envFile)
	return Options{
		Dir: dir, EnvFile: filepath.Join(dir, ".env"), Env: environment(env), Flags: w[InFlag], Profile: profile,
		BuiltIn: map[string]map[string]string{profile: w[BuiltIn]},
	}
}

// profileAPI is the API that the profile's own settings name.
func (w world) profileAPI() string {
	if api := w[InFile][APIURL]; api != "" {
		return api
	}
	return w[BuiltIn][APIURL]
}

// Every layer holds a client id, beside an API or none, and every layer in turn changes the server under it. The client
// id, the client secret and the token are used exactly where the layer that has them names the server of the run, or none
// and the server is Segment's.
func TestCredentialsStayWithTheirServer(t *testing.T) {
	t.Parallel()
	for _, holder := range places() {
		for _, changer := range append(places(), Default) {
			for _, own := range []string{"", segmentAPI, loopbackAPI, otherAPI} {
				for _, api := range []string{segmentAPI, loopbackAPI, otherAPI} {
					name := fmt.Sprintf("%d of %s, %d with %s", holder, own, changer, api)
					t.Run(name, func(t *testing.T) {
						t.Parallel()
						checkCredentials(t, holder, changer, own, api)
					})
				}
			}
		}
	}
}

func checkCredentials(t *testing.T, holder, changer Layer, own, api string) {
	w := world{}
	w.set(holder, ClientID, "canary")
	if own != "" {
		w.set(holder, APIURL, own)
	}
	if changer != Default {
		w.set(changer, APIURL, api)
	}
	if holder == InEnvironment || holder == InEnvFile {
		w.set(holder, ClientSecret, "canary-secret")
		w.set(holder, "token", "canary-token")
	}
	s := load(t, w.options(t, "acme"))
	_, effective := s.Server()
	named := w[holder][APIURL]
	if holder == InFile || holder == BuiltIn {
		named = w.profileAPI()
	}
	want := named == string(effective) || named == "" && string(effective) == segmentAPI
	if got := s.VaultBelongs(); got != (w.profileAPI() == string(effective) || w.profileAPI() == "" && string(effective) == segmentAPI) {
		t.Errorf("the vault's secret belongs: %v", got)
	}
	if got := s.Get(ClientID) == "canary"; got != (want || holder == InFlag) {
		t.Errorf("client id used for %s: %v", effective, got)
	}
	if got := len(s.Withheld()) == 0; got != (want || holder == InFlag) {
		t.Errorf("withheld: %v", s.Withheld())
	}
	if w[holder][ClientSecret] == "" {
		return
	}
	if got := s.Get(ClientSecret) == "canary-secret"; got != want {
		t.Errorf("client secret used for %s: %v", effective, got)
	}
	token, source, err := s.Token()
	if (err == nil) != want || (token == "canary-token") != want || (source != "") != want {
		t.Errorf("token for %s: %q from %q, %v", effective, token, source, err)
	}
}

// A weaker layer that belongs is used where a stronger one does not.
func TestStrongestThatBelongs(t *testing.T) {
	t.Parallel()
	w := world{}
	w.set(InEnvironment, ClientID, "for-segment")
	w.set(InEnvironment, "token", "for-segment")
	w.set(InEnvFile, ClientID, "for-other")
	w.set(InEnvFile, ClientSecret, "other-secret")
	w.set(InEnvFile, "token", "for-other")
	w.set(InEnvFile, APIURL, otherAPI+"/")
	s := load(t, w.options(t, "acme"))
	if got, source := s.Get(ClientID), s.Source(ClientID).Layer; got != "for-other" || source != InEnvFile {
		t.Errorf("got %q from %v", got, source)
	}
	if token, source, err := s.Token(); token != "for-other" || !strings.HasPrefix(source, ".env:") || err != nil {
		t.Errorf("token %q from %s, %v", token, source, err)
	}
	if diff := cmp.Diff([]string{"SEGCTL_CLIENT_ID", "SEGCTL_TOKEN"}, s.Withheld()); diff != "" {
		t.Errorf("withheld (-want +got)\n%s", diff)
	}
}

func TestForeignTokenIsAnError(t *testing.T) {
	t.Parallel()
	w := world{}
	w.set(InEnvironment, "token", "canary")
	w.set(InFile, APIURL, otherAPI)
	_, _, err := load(t, w.options(t, "acme")).Token()
	want := "SEGCTL_TOKEN: the token is for Segment's own API, since no SEGCTL_API_URL is set beside it, and not for " +
		otherAPI + " (api_url: config.yaml (profile acme))"
	if e, ok := errors.AsType[*Error](err); !ok || err.Error() != want || len(e.Fix) == 0 {
		t.Errorf("got %v, want %s", err, want)
	}
	w.set(InEnvironment, APIURL, segmentAPI)
	w.set(InFlag, APIURL, otherAPI)
	_, _, err = load(t, w.options(t, "acme")).Token()
	if err == nil || !strings.Contains(err.Error(), "the token is for "+segmentAPI+", which is set beside it") {
		t.Errorf("got %v", err)
	}
}

// --sandbox never reaches another server than one on this machine, and never with credentials that are not the sandbox's.
func TestSandboxStaysHere(t *testing.T) {
	t.Parallel()
	for _, place := range places()[:4] {
		for _, server := range []string{segmentAPI, otherAPI, "https://127.0.0.1.example.com"} {
			w := world{}
			w.set(place, IDURL, server)
			w.set(place, APIURL, server)
			if place != InFlag && place != InFile {
				w.set(place, ClientID, "canary")
				w.set(place, ClientSecret, "canary-secret")
				w.set(place, "token", "canary-token")
			}
			o := w.options(t, SandboxProfile)
			o.BuiltIn = sandboxed()
			s := load(t, o)
			if id, api := s.Server(); id != loopbackAPI || api != loopbackAPI {
				t.Errorf("%d: the servers are %s and %s", place, id, api)
			}
			token, _, err := s.Token()
			if used := s.Get(ClientID) + s.Get(ClientSecret) + token; strings.Contains(used, "canary") || err != nil {
				t.Errorf("%d: uses %q, %v", place, used, err)
			}
			if withheld := strings.Join(s.Withheld(), " "); place == InEnvironment &&
				withheld != "SEGCTL_CLIENT_ID SEGCTL_CLIENT_SECRET SEGCTL_ID_URL SEGCTL_API_URL SEGCTL_TOKEN" {
				t.Errorf("withheld: %s", withheld)
			}
		}
	}
	// What a sandbox on another port hands to its children is whole: its servers and its credentials.
	w := world{}
	for key, value := range map[string]string{
		IDURL: "http://127.0.0.1:1", APIURL: "http://127.0.0.1:1", ClientID: "own", ClientSecret: "own-secret", "token": "own-token",
	} {
		w.set(InEnvironment, key, value)
	}
	o := w.options(t, SandboxProfile)
	o.BuiltIn = sandboxed()
	s := load(t, o)
	token, _, err := s.Token()
	_, api := s.Server()
	got := []string{string(api), s.Get(ClientID), s.Get(ClientSecret), token}
	if diff := cmp.Diff([]string{"http://127.0.0.1:1", "own", "own-secret", "own-token"}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	if withheld := s.Withheld(); withheld != nil {
		t.Errorf("withheld: %v, which would not have been used", withheld)
	}
}

func TestServersHaveOneSpelling(t *testing.T) {
	t.Parallel()
	s := load(t, Options{Env: environment(map[string]string{
		"SEGCTL_API_URL": "HTTPS://Platform.SegmentAPIs.com:443/", "SEGCTL_CLIENT_SECRET": "x",
	})})
	if _, api := s.Server(); api != wire.SegmentAPI || s.Get(APIURL) != segmentAPI || s.Get(ClientSecret) != "x" {
		t.Errorf("got %s", api)
	}
}

func TestSecretVariables(t *testing.T) {
	t.Parallel()
	want := []string{"SEGCTL_CLIENT_SECRET", "SEGCTL_TOKEN", "SEGCTL_DATABASE_URL", "SEGCTL_WEBHOOK_SECRET", "CLIENT_SECRET"}
	if diff := cmp.Diff(want, SecretVariables()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
