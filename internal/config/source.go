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
	case NotSet:
		return "not set"
	case Default:
		return "default"
	case BuiltIn:
		return fmt.Sprintf("built in (profile %s)", s.profile)
	case InFile:
		return fmt.Sprintf("config.yaml (profile %s)", s.profile)
	case InEnvFile, InEnvironment, InFlag:
		return s.name
	}
	return "not set"
}

// of returns a setting and its source in words. A flag or a variable says itself which setting it is.
func (s Source) of(key string) string {
	switch s.Layer {
	case InEnvironment, InFlag:
		return s.name
	case BuiltIn:
		return key + " " + s.String()
	case NotSet, Default, InFile, InEnvFile:
	}
	return key + " in " + s.String()
}

func flagName(key string) string { return "--" + strings.ReplaceAll(key, "_", "-") }

func variableName(key string) string { return "SEGCTL_" + strings.ToUpper(key) }
