// Package config finds segctl's settings: which value each has, and where it came from. Flags rank before the
// environment, that before an --env-file, that before the profile in config.yaml, before the values built in for the
// profile, before the defaults. Credentials go only to the server that they were set for, whatever a stronger layer names.
//
// It reads and writes config.yaml, where no secret may be. It knows nothing of keyrings, networks or commands: what it
// takes from the outside, environment included, is given in [Options].
package config

import (
	"path/filepath"
	"slices"

	"github.com/spf13/viper"

	"github.com/segctl/segctl/internal/wire"
)

// The settings of a profile, and Profile, the name of the current one in config.yaml.
const (
	ClientID     = "client_id"
	ClientSecret = "client_secret"
	Scope        = "scope"
	RedirectURL  = "redirect_url"
	IDURL        = "id_url"
	APIURL       = "api_url"
	Store        = "store"
	Output       = "output"

	// The shared store: where it is, whom its secrets are sealed to, and what opens them.
	DatabaseURL    = "database_url"
	SealRecipients = "seal_recipients"
	SealIdentities = "seal_identities"

	Profile = "profile"
)

// Keys returns the settings of a profile in the order to list them.
func Keys() []string {
	return []string{ClientID, ClientSecret, Scope, RedirectURL, IDURL, APIURL, Store, DatabaseURL, SealRecipients, SealIdentities, Output}
}

// fileKeys are the settings that config.yaml may hold.
func fileKeys() []string {
	return slices.DeleteFunc(Keys(), func(key string) bool { return key == ClientSecret })
}

// Stores returns the values of the setting [Store].
func Stores() []string { return []string{"keyring", "file", "postgres"} }

// Outputs returns the values of the setting [Output].
func Outputs() []string { return []string{"table", "json", "yaml", "tsv", "csv"} }

// defaults are the values of last resort: those of the "Enable with Segment" guide.
func defaults() map[string]string {
	return map[string]string{
		RedirectURL: "http://localhost:8888/auth/segment/callback",
		IDURL:       string(wire.SegmentID),
		APIURL:      string(wire.SegmentAPI),
		Store:       "keyring",
	}
}

// Options says where settings come from. The zero value gives the defaults.
type Options struct {
	Dir        string                       // folder of config.yaml; empty: no file
	Env        func(string) (string, bool)  // environment; nil: empty
	EnvFile    string                       // dotenv file; empty: none
	Flags      map[string]string            // settings given as flags, by key
	Profile    string                       // profile named by a flag
	Sandbox    bool                         // means SandboxProfile where Profile is empty
	BuiltIn    map[string]map[string]string // values built in, by profile and key
	NewProfile bool                         // take a profile that there is none of yet, for a command that makes it
	Repair     bool                         // leave secrets found in config.yaml out instead of refusing the file, for a command that moves them
}

// Settings are the settings of one profile as they were when loaded.
type Settings struct {
	Profile       string // the profile chosen
	ProfileSource string // what chose it, in words
	File          string // path of config.yaml, whether it exists or not; empty: none

	options  Options
	envFile  map[string]variable
	profiles []string // of config.yaml
	layers   []layer  // the weakest first
	values   *viper.Viper
	sources  map[string]Source
}

// Load reads config.yaml and the env file once each and returns the settings of the profile chosen. A missing
// config.yaml is an empty one. What cannot be read or understood is an [*Error].
func Load(o Options) (*Settings, error) {
	s := &Settings{options: o, values: viper.New(), sources: map[string]Source{}}
	doc := &document{}
	var err error
	if o.Dir != "" {
		s.File = File(o.Dir)
		if doc, err = readDocument(s.File, o.Repair); err != nil {
			return nil, err
		}
	}
	if o.EnvFile != "" {
		if s.envFile, err = readEnvFile(o.EnvFile); err != nil {
			return nil, err
		}
	}
	s.profiles = doc.names()
	if err := s.chooseProfile(doc.current); err != nil {
		return nil, err
	}
	if s.layers, err = s.readLayers(doc); err != nil {
		return nil, err
	}
	return s, s.merge()
}

// File returns the path of config.yaml in the folder dir.
func File(dir string) string { return filepath.Join(dir, "config.yaml") }

// merge lays the layers over each other, the weakest first: the servers before the rest, since they decide which
// credentials belong. Viper is given only the fixed lower-case keys of settings, for it would lower-case a profile's name
// and split it at its dots.
func (s *Settings) merge() error {
	for _, servers := range []bool{true, false} {
		for _, l := range s.layers {
			values := map[string]any{}
			for key, value := range l.values {
				if isServer(key) == servers && s.admits(l, key) {
					values[key], s.sources[key] = value, l.sources[key]
				}
			}
			if err := s.values.MergeConfigMap(values); err != nil {
				return &Error{Msg: "settings cannot be merged", Err: err}
			}
		}
	}
	return nil
}

// Get returns the value of a setting, empty where nothing sets it. A client id or secret that is set for another server
// does not count.
func (s *Settings) Get(key string) string { return s.values.GetString(key) }

// Source returns where the value of a setting came from.
func (s *Settings) Source(key string) Source { return s.sources[key] }

// Server returns the authorization server and the Config API.
func (s *Settings) Server() (id, api wire.Origin) {
	return wire.Origin(s.Get(IDURL)), wire.Origin(s.Get(APIURL))
}
