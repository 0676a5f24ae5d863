// Package config finds segctl's settings: which value each has, and where it came from. Flags rank before the
// environment, that before an --env-file, that before the profile in config.yaml, before the values built in for the
// profile, before the defaults.
//
// It reads and writes config.yaml, where no secret may be. It knows nothing of keyrings, networks or commands: what it
// takes from the outside, environment included, is given in [Options].
package config

import (
	"maps"
	"path/filepath"
	"slices"

	"github.com/spf13/viper"
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

	Profile = "profile"
)

// DefaultProfile is the profile used when nothing names one.
const DefaultProfile = "default"

// SandboxProfile is the profile that --sandbox means.
const SandboxProfile = "sandbox"

// Keys returns the settings of a profile in the order to list them.
func Keys() []string {
	return []string{ClientID, ClientSecret, Scope, RedirectURL, IDURL, APIURL, Store, Output}
}

// fileKeys are the settings that config.yaml may hold.
func fileKeys() []string {
	return slices.DeleteFunc(Keys(), func(key string) bool { return key == ClientSecret })
}

// defaults are the values of last resort. The URLs are those of the Enable with Segment guide.
func defaults() map[string]string {
	return map[string]string{
		RedirectURL: "http://localhost:8888/auth/segment/callback",
		IDURL:       "https://id.segmentapis.com",
		APIURL:      "https://platform.segmentapis.com",
		Store:       "keyring",
	}
}

// Options says where settings come from. The zero value gives the defaults.
type Options struct {
	Dir     string                       // folder of config.yaml; empty: no file
	Env     func(string) (string, bool)  // environment; nil: empty
	EnvFile string                       // dotenv file; empty: none
	Flags   map[string]string            // settings given as flags, by key
	Profile string                       // profile named by a flag
	Sandbox bool                         // means SandboxProfile where Profile is empty
	BuiltIn map[string]map[string]string // values built in, by profile and key
	Repair  bool                         // leave secrets found in config.yaml out instead of refusing the file, for a command that moves them
}

// Settings are the settings of one profile as they were when loaded.
type Settings struct {
	Profile       string // the profile chosen
	ProfileSource string // what chose it, in words
	File          string // path of config.yaml, whether it exists or not; empty: none

	options  Options
	envFile  map[string]variable
	profiles []string
	values   *viper.Viper
	sources  map[string]Source
}

// Load reads config.yaml and the env file once each and returns the settings of the profile chosen. A missing
// config.yaml is an empty one. What cannot be read or understood is an [*Error].
func Load(o Options) (*Settings, error) {
	s := &Settings{options: o, values: viper.New(), sources: map[string]Source{}}
	doc := &document{}
	if o.Dir != "" {
		s.File = File(o.Dir)
		var err error
		if doc, err = readDocument(s.File, o.Repair); err != nil {
			return nil, err
		}
	}
	if o.EnvFile != "" {
		var err error
		if s.envFile, err = readEnvFile(o.EnvFile); err != nil {
			return nil, err
		}
	}
	if err := s.chooseProfile(doc.current); err != nil {
		return nil, err
	}
	s.profiles = doc.names()
	if err := s.merge(doc); err != nil {
		return nil, err
	}
	return s, nil
}

// File returns the path of config.yaml in the folder dir.
func File(dir string) string { return filepath.Join(dir, "config.yaml") }

func (s *Settings) chooseProfile(current string) error {
	fromEnv, envSource := s.Lookup("SEGCTL_PROFILE")
	switch {
	case s.options.Profile != "":
		s.Profile, s.ProfileSource = s.options.Profile, "--profile"
	case s.options.Sandbox:
		s.Profile, s.ProfileSource = SandboxProfile, "--sandbox"
	case fromEnv != "":
		s.Profile, s.ProfileSource = fromEnv, envSource
	case current != "":
		s.Profile, s.ProfileSource = current, filepath.Base(s.File)
	default:
		s.Profile, s.ProfileSource = DefaultProfile, "default"
	}
	return at(CheckProfile(s.Profile), Error{Source: s.ProfileSource, Key: Profile})
}

// merge lays the layers over each other, the weakest first. Viper is given only the fixed lower-case keys of settings,
// for it would lower-case a profile's name and split it at its dots.
func (s *Settings) merge(doc *document) error {
	for _, layer := range []layer{
		{Default, defaults(), nil},
		{BuiltIn, s.options.BuiltIn[s.Profile], nil},
		{InFile, doc.profiles[s.Profile], nil},
		s.envFileLayer(),
		s.environmentLayer(),
		{InFlag, s.options.Flags, nil},
	} {
		values := make(map[string]any, len(layer.values))
		for key, value := range layer.values {
			source := Source{Layer: layer.Layer, profile: s.Profile, name: layer.names[key]}
			if layer.Layer == InFlag {
				source.name = flagName(key)
			}
			if err := at(CheckValue(key, value), Error{Source: source.String(), Key: key}); err != nil {
				return err
			}
			values[key] = value
			s.sources[key] = source
		}
		if err := s.values.MergeConfigMap(values); err != nil {
			return &Error{Msg: "settings cannot be merged", Err: err}
		}
	}
	return nil
}

// Get returns the value of a setting, empty where nothing sets it.
func (s *Settings) Get(key string) string { return s.values.GetString(key) }

// Source returns where the value of a setting came from.
func (s *Settings) Source(key string) Source { return s.sources[key] }

// Profiles returns the profiles there are, sorted: those of config.yaml, those built in, and "default".
func (s *Settings) Profiles() []string {
	names := append(slices.Collect(maps.Keys(s.options.BuiltIn)), DefaultProfile)
	names = append(names, s.profiles...)
	slices.Sort(names)
	return slices.Compact(names)
}
