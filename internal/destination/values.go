package destination

import (
	"encoding/json"
	"maps"

	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// Values returns the settings that a change gives, as JSON, for a destination that nobody can be asked about yet; more are
// settings that are given as JSON already, and go behind the others. Texts are typed by what is known of the catalog, and
// where that is nothing, by what they look like. Where the catalog is known, all that it requires must be there. The errors
// are *SettingsError and those of names; they hold no values.
func (n Needs) Values(c Change, more map[string]json.RawMessage) (map[string]json.RawMessage, error) {
	values := map[string]json.RawMessage{}
	maps.Copy(values, more)
	var problems []segment.Problem
	set := func(name, text string) {
		value, err := segment.ParseValue(n.setting(name), text)
		if problem, ok := err.(segment.Problem); ok { //nolint:errorlint // ParseValue returns it as it is
			problems = append(problems, problem)
		}
		values[name] = value
	}
	if c.Key != nil {
		set(n.Key, *c.Key)
	}
	for _, pair := range c.Set {
		set(pair.Name, pair.Value)
	}
	for _, pair := range c.SetJSON {
		if !json.Valid([]byte(pair.Value)) {
			problems = append(problems, segment.Problem{Setting: pair.Name, Msg: "is not JSON"})
		}
		values[pair.Name] = json.RawMessage(pair.Value)
	}
	given := make([]string, 0, len(values))
	for name := range values {
		if err := wire.CheckID(name); err != nil {
			return nil, err
		}
		given = append(given, name)
	}
	for _, s := range Required(n.Settings, given) {
		problems = append(problems, segment.Problem{Setting: s.Name, Msg: "is required"})
	}
	if len(problems) > 0 {
		return nil, &SettingsError{Slug: n.Slug, Problems: problems, Binding: true}
	}
	return values, nil
}

// setting returns what is known of a setting; its type is "" where that is nothing.
func (n Needs) setting(name string) segment.Setting {
	for _, s := range n.Settings {
		if s.Name == name {
			return s
		}
	}
	return segment.Setting{Name: name}
}
