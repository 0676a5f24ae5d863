package config

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/segctl/segctl/internal/secret"
)

// The shape of config.yaml:
//
//	profile: acme        # the current profile
//	profiles:
//	  acme:
//	    client_id: …
func (d *document) readRoot() error {
	return d.eachEntry(d.root, "the file", []string{Profile, "profiles"}, func(key, value *yaml.Node) error {
		switch key.Value {
		case Profile:
			name, err := d.text(key, value)
			if err != nil || name == "" {
				return err
			}
			d.current = name
			return at(CheckProfile(name), Error{File: d.path, Line: value.Line, Key: Profile})
		case "profiles":
			return d.eachEntry(value, "profiles", nil, d.readProfile)
		default:
			return d.unknown(key, "", []string{Profile, "profiles"})
		}
	})
}

func (d *document) readProfile(name, node *yaml.Node) error {
	if err := at(CheckProfile(name.Value), Error{File: d.path, Line: name.Line, Key: Profile}); err != nil {
		return err
	}
	settings := map[string]string{}
	d.profiles[name.Value] = settings
	return d.eachEntry(node, "profile "+name.Value, fileKeys(), func(key, value *yaml.Node) error {
		if !isSetting(key.Value) {
			return d.unknown(key, name.Value, fileKeys())
		}
		text, err := d.text(key, value)
		if err != nil || text == "" {
			return err
		}
		if fault := fileFault(key.Value, text); fault != "" {
			if d.repair {
				return nil
			}
			e := d.wrong(value, fault, nil)
			e.Key, e.Fix, e.Comment = key.Value, []string{"config", "unset", key.Value, "--profile", name.Value}, "takes it out of this file"
			return e
		}
		settings[key.Value] = text
		return at(CheckValue(key.Value, text), Error{File: d.path, Line: value.Line, Key: key.Value})
	})
}

// eachEntry calls visit for each key of a mapping, in order; what names it in errors.
func (d *document) eachEntry(m *yaml.Node, what string, valid []string, visit func(key, value *yaml.Node) error) error {
	if isNull(m) {
		return nil
	}
	if m.Kind != yaml.MappingNode {
		return d.wrong(m, what+" must be a mapping of keys to values", valid)
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(m.Content); i += 2 {
		key, value := m.Content[i], m.Content[i+1]
		if key.Kind != yaml.ScalarNode {
			return d.wrong(key, "a key must be text", valid)
		}
		if seen[key.Value] {
			return d.wrong(key, fmt.Sprintf("key %q is there twice", key.Value), nil)
		}
		seen[key.Value] = true
		if err := visit(key, value); err != nil {
			return err
		}
	}
	return nil
}

// text returns a value that must be text; nothing at all counts as "".
func (d *document) text(key, value *yaml.Node) (string, error) {
	if isNull(value) {
		return "", nil
	}
	if value.Kind != yaml.ScalarNode || value.ShortTag() != "!!str" {
		e := d.wrong(value, fmt.Sprintf("%s must be text, in quotes if it looks like something else", key.Value), nil)
		e.Key = key.Value
		return "", e
	}
	return value.Value, nil
}

// unknown returns the error for a key that has no place here: a secret is told where it belongs instead. The key is not
// quoted, for it may be a value that lost its key.
func (d *document) unknown(key *yaml.Node, profile string, valid []string) error {
	if !(secret.Setting{Name: key.Value}).IsSecret() {
		return d.wrong(key, "unknown key", valid)
	}
	if d.repair {
		return nil
	}
	if key.Value != ClientSecret {
		return d.wrong(key, "a secret, which this file must not hold: take the line out", nil)
	}
	e := d.wrong(key, ClientSecret+" is a secret, and this file must not hold one", nil)
	e.Key = ClientSecret
	e.Fix, e.Comment = []string{"config", "set", ClientSecret}, "keeps it in the keyring and takes it out of this file"
	if profile != "" {
		e.Fix = append(e.Fix, "--profile", profile)
	}
	return e
}

func (d *document) wrong(n *yaml.Node, msg string, valid []string) *Error {
	return &Error{File: d.path, Line: n.Line, Msg: msg, Valid: valid}
}

func isNull(n *yaml.Node) bool {
	return n == nil || n.Kind == 0 || n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null"
}

func isSetting(key string) bool { return slices.Contains(fileKeys(), key) }
