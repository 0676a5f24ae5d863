package segment

import "strings"

// KeyError is returned by [KeySetting] when a destination has no one setting that an API key could mean.
type KeyError struct {
	Candidates []string // names of settings that may be meant, in catalog order; may be empty
}

func (e *KeyError) Error() string {
	if len(e.Candidates) == 0 {
		return "the destination has no setting for an API key"
	}
	return "the destination has no single setting for an API key; it has " + strings.Join(e.Candidates, ", ")
}

// KeySetting returns the setting that an API key given without a name is for:
//
//   - apiKey, where there is one and no other setting alone is called an API key on the screen: with Braze, apiKey is the
//     "App Identifier", and the "REST API Key" is appGroupId
//   - else the only required setting that is called an API key
//   - else the only required setting that is a secret
//   - else the only setting that is called an API key
//
// Failing that, the error is a [*KeyError].
func KeySetting(settings []Setting) (Setting, error) {
	var groups keyGroups
	for _, s := range settings {
		groups.add(s)
	}
	if named := groups.named; named != nil && (isKeyLabel(named.DisplayName) || len(groups.labelled) == 0) {
		return *named, nil
	}
	for _, candidates := range [][]Setting{groups.requiredLabelled, groups.requiredSecrets} {
		if len(candidates) == 1 {
			return candidates[0], nil
		}
	}
	if len(groups.labelled) == 1 && len(groups.requiredSecrets) == 0 {
		return groups.labelled[0], nil
	}
	return Setting{}, groups.open()
}

// isKeyLabel reports whether people know a setting as an API key.
func isKeyLabel(label string) bool { return strings.Contains(strings.ToLower(label), "api key") }

// keyGroups are the settings of a destination by what speaks for them.
type keyGroups struct {
	named                                                          *Setting // apiKey
	labelled, requiredLabelled, secrets, requiredSecrets, required []Setting
}

func (g *keyGroups) add(s Setting) {
	if s.Name == "apiKey" {
		g.named = &s
	}
	if isKeyLabel(s.DisplayName) {
		g.labelled = append(g.labelled, s)
		if s.Required {
			g.requiredLabelled = append(g.requiredLabelled, s)
		}
	}
	switch isSecret := s.IsSecret(); {
	case isSecret && s.Required:
		g.requiredSecrets = append(g.requiredSecrets, s)
	case isSecret:
		g.secrets = append(g.secrets, s)
	case s.Required:
		g.required = append(g.required, s)
	}
}

// open returns the error that lists the settings that may be meant, the likeliest kind alone.
func (g *keyGroups) open() *KeyError {
	err := &KeyError{}
	for _, candidates := range [][]Setting{g.requiredSecrets, g.labelled, g.secrets, g.required} {
		if len(candidates) == 0 {
			continue
		}
		for _, s := range candidates {
			err.Candidates = append(err.Candidates, s.Name)
		}
		break
	}
	return err
}
