package config

import (
	"fmt"
	"strings"
)

// Layer is one of the places that settings come from, the weakest first.
type Layer int

// The layers.
const (
	NotSet Layer = iota
	Default
	BuiltIn
	InFile
	InEnvFile
	InEnvironment
	InFlag
)

// Source is where a setting's value came from.
type Source struct {
	Layer Layer

	name    string // of the flag or variable; file:line of the env file
	profile string
}

// String returns the source in words, such as "--scope", "SEGCTL_SCOPE", ".env:3" or "config.yaml (profile acme)".
func (s Source) String() string {
	switch s.Layer {
	case Default:
		return "default"
	case BuiltIn:
		return fmt.Sprintf("built in (profile %s)", s.profile)
	case InFile:
		return fmt.Sprintf("config.yaml (profile %s)", s.profile)
	case InEnvFile, InEnvironment, InFlag:
		return s.name
	default:
		return "not set"
	}
}

type layer struct {
	Layer  Layer
	values map[string]string // by key
	names  map[string]string // what to call the source of each key
}

func flagName(key string) string { return "--" + strings.ReplaceAll(key, "_", "-") }

func variableName(key string) string { return "SEGCTL_" + strings.ToUpper(key) }

func (s *Settings) environmentLayer() layer {
	l := layer{InEnvironment, map[string]string{}, map[string]string{}}
	for _, key := range Keys() {
		name := variableName(key)
		if value := s.environment(name); value != "" {
			l.values[key], l.names[key] = value, name
		}
	}
	return l
}

func (s *Settings) envFileLayer() layer {
	l := layer{InEnvFile, map[string]string{}, map[string]string{}}
	for _, key := range Keys() {
		if v, ok := s.envFileSetting(key); ok {
			l.values[key], l.names[key] = v.value, v.source
		}
	}
	return l
}

// envFileSetting looks for a setting under segctl's own name, then under the names in the example partner app's .env.
// That app may keep its public callback there, which is none that segctl could listen on, so it is taken only when it is.
func (s *Settings) envFileSetting(key string) (variable, bool) {
	if v := s.envFile[variableName(key)]; v.value != "" {
		return v, true
	}
	switch key {
	case ClientID:
		v := s.envFile["CLIENT_ID"]
		return v, v.value != ""
	case ClientSecret:
		v := s.envFile["CLIENT_SECRET"]
		return v, v.value != ""
	case RedirectURL:
		for _, name := range []string{"REDIRECT_URL", "REDIRECT_URI"} {
			if v := s.envFile[name]; isLoopbackURL(v.value) {
				return v, true
			}
		}
	}
	return variable{}, false
}

// environment returns a variable of the environment; an empty one counts as unset.
func (s *Settings) environment(name string) string {
	if s.options.Env == nil {
		return ""
	}
	value, _ := s.options.Env(name)
	return strings.TrimSpace(value)
}

// Lookup returns a variable from the environment, else from the env file, and where it was found, in words. Both are
// empty where it is not set.
func (s *Settings) Lookup(name string) (value, source string) {
	if value := s.environment(name); value != "" {
		return value, name
	}
	if v := s.envFile[name]; v.value != "" {
		return v.value, v.source
	}
	return "", ""
}
