package config

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
)

// DefaultProfile is the profile used when nothing names one.
const DefaultProfile = "default"

// SandboxProfile is the profile that --sandbox means. Its server is always on this machine.
const SandboxProfile = "sandbox"

func (s *Settings) chooseProfile(current string) error {
	fromEnv, envSource := s.Lookup("SEGCTL_PROFILE")
	place := Error{Key: Profile}
	switch {
	case s.options.Profile != "":
		s.Profile, s.ProfileSource = s.options.Profile, "--profile"
	case s.options.Sandbox:
		s.Profile, s.ProfileSource = SandboxProfile, "--sandbox"
	case fromEnv != "":
		s.Profile, s.ProfileSource = fromEnv, envSource
	case current != "":
		s.Profile, s.ProfileSource = current, filepath.Base(s.File)
		place.File = s.File
	default:
		s.Profile, s.ProfileSource = DefaultProfile, "default"
	}
	place.Source = s.ProfileSource
	if err := CheckProfile(s.Profile); err != nil {
		return at(err, place)
	}
	if s.options.NewProfile || s.hasProfile(s.Profile) {
		return nil
	}
	unknown := place
	unknown.Msg, unknown.Valid = fmt.Sprintf("there is no profile %q", s.Profile), s.Profiles()
	unknown.Fix, unknown.Comment = []string{"config", "profiles"}, "lists them; config set makes one that there is none of yet"
	if place.File != "" {
		unknown.Fix, unknown.Comment = []string{"config", "set", Profile, DefaultProfile}, "makes another one the current profile"
	}
	return &unknown
}

// Profiles returns the profiles there are, sorted: those of config.yaml, those built in, and "default".
func (s *Settings) Profiles() []string {
	names := append(slices.Collect(maps.Keys(s.options.BuiltIn)), DefaultProfile)
	names = append(names, s.profiles...)
	slices.Sort(names)
	return slices.Compact(names)
}

func (s *Settings) hasProfile(name string) bool { return slices.Contains(s.Profiles(), name) }
