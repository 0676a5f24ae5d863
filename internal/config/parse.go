package config

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
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
		if isSecretName(key.Value) || !isSetting(key.Value) {
			return d.unknown(key, name.Value, fileKeys())
		}
		text, err := d.text(key, value)
		if err != nil || text == "" {
			return err
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

// unknown returns the error for a key that has no place here: a secret is told where it belongs instead.
func (d *document) unknown(key *yaml.Node, profile string, valid []string) error {
	if !isSecretName(key.Value) {
		e := d.wrong(key, fmt.Sprintf("unknown key %q", key.Value), valid)
		e.Key = key.Value
		return e
	}
	if d.repair {
		return nil
	}
	e := d.wrong(key, fmt.Sprintf("%q is a secret, and this file must not hold one", key.Value), nil)
	e.Key = key.Value
	e.Hint = "delete the line: segctl install keeps tokens in the keyring"
	if key.Value == ClientSecret {
		e.Hint = "segctl config set client_secret"
		if profile != "" {
			e.Hint += " --profile " + profile
		}
		e.Hint += " keeps it in the keyring and takes it out of this file"
	}
	return e
}

func (d *document) wrong(n *yaml.Node, msg string, valid []string) *Error {
	return &Error{File: d.path, Line: n.Line, Msg: msg, Valid: valid}
}

func isNull(n *yaml.Node) bool {
	return n == nil || n.Kind == 0 || n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null"
}

func isSetting(key string) bool {
	for _, k := range fileKeys() {
		if k == key {
			return true
		}
	}
	return false
}

func isSecretName(key string) bool {
	name := strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(key))
	return strings.Contains(name, "secret") || strings.Contains(name, "token") ||
		strings.Contains(name, "password") || strings.Contains(name, "apikey")
}
