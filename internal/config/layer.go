package config

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/segctl/segctl/internal/wire"
)

// layer is what one place sets.
type layer struct {
	Layer   Layer
	values  map[string]string // by key
	sources map[string]Source // by key
	api     wire.Origin       // the API that the values were set for; "": none is named
	token   variable          // where there is one
}

// readLayers returns the layers of the profile, the weakest first, each value checked. What is built in for a profile and
// its section of config.yaml were set for the same API: that of the section, where it names one.
func (s *Settings) readLayers(doc *document) ([]layer, error) {
	layers := []layer{
		s.layer(Default, defaults(), nil),
		s.layer(BuiltIn, s.options.BuiltIn[s.Profile], nil),
		s.layer(InFile, doc.profiles[s.Profile], nil),
		s.envFileLayer(),
		s.environmentLayer(),
		s.layer(InFlag, s.options.Flags, flagName),
	}
	for i := range layers {
		if err := layers[i].check(); err != nil {
			return nil, err
		}
	}
	builtIn, inFile := &layers[1], &layers[2]
	if inFile.api == "" {
		inFile.api = builtIn.api
	}
	builtIn.api = inFile.api
	return layers, nil
}

// layer returns a layer of values. name gives the name of a key's source; nil gives none.
func (s *Settings) layer(kind Layer, values map[string]string, name func(key string) string) layer {
	l := layer{Layer: kind, values: map[string]string{}, sources: map[string]Source{}}
	for key, value := range values {
		source := Source{Layer: kind, profile: s.Profile}
		if name != nil {
			source.name = name(key)
		}
		l.values[key], l.sources[key] = value, source
	}
	return l
}

// check checks the values and brings the servers into their one spelling.
func (l *layer) check() error {
	for _, key := range slices.Sorted(maps.Keys(l.values)) {
		checked, err := checkValue(key, l.values[key])
		if err != nil {
			return at(err, Error{Source: l.sources[key].String(), Key: key})
		}
		l.values[key] = checked
	}
	l.api = wire.Origin(l.values[APIURL])
	return nil
}

func (s *Settings) environmentLayer() layer {
	return s.variableLayer(InEnvironment, func(key string) variable {
		return variable{s.environment(variableName(key)), variableName(key)}
	}, variable{s.environment(tokenVariable), tokenVariable})
}

func (s *Settings) envFileLayer() layer {
	return s.variableLayer(InEnvFile, s.envFileSetting, s.envFile[tokenVariable])
}

func (s *Settings) variableLayer(kind Layer, get func(key string) variable, token variable) layer {
	l := layer{Layer: kind, values: map[string]string{}, sources: map[string]Source{}, token: token}
	for _, key := range Keys() {
		if v := get(key); v.value != "" {
			l.values[key], l.sources[key] = v.value, Source{Layer: kind, name: v.source}
		}
	}
	return l
}

// envFileSetting looks for a setting under segctl's own name, then under the names in the example partner app's .env.
// That app may keep its public callback there, which is none that segctl could listen on, so it is taken only when it is.
func (s *Settings) envFileSetting(key string) variable {
	if v := s.envFile[variableName(key)]; v.value != "" {
		return v
	}
	switch key {
	case ClientID:
		return s.envFile["CLIENT_ID"]
	case ClientSecret:
		return s.envFile["CLIENT_SECRET"]
	case RedirectURL:
		for _, name := range []string{"REDIRECT_URL", "REDIRECT_URI"} {
			v := s.envFile[name]
			if u, err := url.Parse(v.value); err == nil && wire.IsLoopback(u.Hostname()) && redirectFault(v.value) == "" {
				return v
			}
		}
	}
	return variable{}
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
