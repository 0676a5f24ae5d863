package config

import (
	"slices"

	"github.com/segctl/segctl/internal/wire"
)

const (
	tokenVariable   = "SEGCTL_TOKEN"
	webhookVariable = "SEGCTL_WEBHOOK_SECRET"
)

// SecretVariables returns the variables of the environment that hold secrets, those of the example partner app included.
// A database's URL may hold a password. No child process may inherit them.
func SecretVariables() []string {
	return []string{variableName(ClientSecret), tokenVariable, variableName(DatabaseURL), webhookVariable, "CLIENT_SECRET"}
}

func isServer(key string) bool { return key == IDURL || key == APIURL }

func isCredential(key string) bool { return key == ClientID || key == ClientSecret }

// belongs reports whether the client id, client secret and token of a layer may go to an API: the layer itself names that
// API, or it names none and the API is Segment's own. Otherwise they were set for another server, and some other layer
// has changed only where they would be sent. A flag is given for this one run, whose server is known when it is typed.
func (l layer) belongs(api wire.Origin) bool {
	switch {
	case l.Layer == InFlag:
		return true
	case l.api != "":
		return l.api == api
	}
	return api.IsSegment()
}

// admits reports whether a layer's value of a setting counts.
func (s *Settings) admits(l layer, key string) bool {
	switch {
	case isServer(key):
		return s.reaches(wire.Origin(l.values[key]))
	case isCredential(key):
		_, api := s.Server()
		return l.belongs(api)
	}
	return true
}

// reaches reports whether the profile may use a server: that of the sandbox never leaves this machine.
func (s *Settings) reaches(server wire.Origin) bool {
	return s.Profile != SandboxProfile || server.IsLoopback()
}

// Token returns the token that is set as SEGCTL_TOKEN in the environment, else in the env file, and where, in words; both
// are empty where there is none. A token that was set for another server is an [*Error]. For the sandbox profile it is left
// out instead: --sandbox works whatever the environment holds for Segment.
func (s *Settings) Token() (token, source string, err error) {
	_, api := s.Server()
	var foreign *layer
	for i := range slices.Backward(s.layers) {
		l := &s.layers[i]
		switch {
		case l.token.value == "":
		case l.belongs(api):
			return l.token.value, l.token.source, nil
		case foreign == nil:
			foreign = l
		}
	}
	if foreign == nil || s.Profile == SandboxProfile {
		return "", "", nil
	}
	msg := "the token is for " + string(foreign.api) + ", which is set beside it"
	if foreign.api == "" {
		msg = "the token is for Segment's own API, since no " + variableName(APIURL) + " is set beside it"
	}
	return "", "", &Error{
		Source:  foreign.token.source,
		Key:     APIURL,
		Msg:     msg + ", and not for " + string(api) + " (api_url: " + s.Source(APIURL).String() + ")",
		Fix:     []string{"config", "list"},
		Comment: "without the token; or set the token and its " + variableName(APIURL) + " in one place",
	}
}

// VaultBelongs reports whether the client secret that is kept in the vault for the profile may go to the server. It
// counts as one of the profile's settings in config.yaml.
func (s *Settings) VaultBelongs() bool {
	_, api := s.Server()
	return slices.ContainsFunc(s.layers, func(l layer) bool { return l.Layer == InFile && l.belongs(api) })
}

// Withheld returns in words what is set and would be used, but was left out since it is for another server: variables,
// flags and lines of files.
func (s *Settings) Withheld() []string {
	var words []string
	for _, l := range slices.Backward(s.layers) {
		for _, key := range Keys() {
			if _, set := l.values[key]; set && l.Layer > s.Source(key).Layer && !s.admits(l, key) {
				words = append(words, l.sources[key].of(key))
			}
		}
		_, api := s.Server()
		if l.token.value != "" && !l.belongs(api) {
			words = append(words, Source{Layer: l.Layer, name: l.token.source}.of("token"))
		}
	}
	return words
}
