package destination

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// Change is what somebody wants a destination to be. What is zero is left as it is.
type Change struct {
	Enabled    *bool
	Mode       string   // one of the connection modes, upper case
	Key        *string  // value of the setting that an API key means; see [segment.KeySetting]
	Set        []Pair   // values as text, typed by the catalog
	SetJSON    []Pair   // values as JSON
	Unset      []string // settings to clear
	File       *File    // what a file asks for; the fields above go before it
	NoValidate bool     // leave the judgement of the settings to Segment

	Hidden []string          // settings whose values are shown to nobody, whatever the catalog says of them
	Where  map[string]string // where settings were given, by their names, such as clearbrain.yaml:9:7; for messages
}

// Pair is the name of a setting and its value.
type Pair struct{ Name, Value string }

// String is the name: a message gives no secret away.
func (p Pair) String() string { return p.Name + "=…" }

// GoString is String.
func (p Pair) GoString() string { return p.String() }

// hasSettings reports whether the change is about settings.
func (c Change) hasSettings() bool {
	return c.Key != nil || len(c.Set)+len(c.SetJSON)+len(c.Unset) > 0 || c.File != nil && len(c.File.Body.Config) > 0
}

// config returns the entries that a change sends, sorted by name, with the values typed by the catalog.
func (p *Plan) config(c Change) ([]segment.ConfigEntry, error) {
	values := map[string]json.RawMessage{}
	if c.File != nil {
		for _, entry := range c.File.Body.Config {
			values[segment.SettingOf(entry.Name)] = entry.Value
		}
	}
	texts := slices.Clone(c.Set)
	if c.Key != nil {
		setting, err := p.keySetting()
		if err != nil {
			return nil, err
		}
		// Before the others: a setting that is named goes before one that is guessed.
		texts = slices.Insert(texts, 0, Pair{setting.Name, *c.Key})
	}
	for _, pair := range texts {
		value, err := segment.ParseValue(p.setting(pair.Name), pair.Value)
		if err != nil {
			return nil, p.faulty(pair.Name, err)
		}
		values[pair.Name] = value
	}
	for _, pair := range c.SetJSON {
		if !json.Valid([]byte(pair.Value)) {
			return nil, p.wrong(segment.Problem{Setting: pair.Name, Msg: "is not JSON"})
		}
		values[pair.Name] = json.RawMessage(pair.Value)
	}
	for _, name := range c.Unset {
		values[name] = json.RawMessage("null")
	}
	var entries []segment.ConfigEntry
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if err := wire.CheckID(name); err != nil {
			return nil, err
		}
		p.learn(name, values[name])
		entries = append(entries, segment.ConfigEntry{Name: segment.ConfigName(p.name, name), Value: values[name]})
	}
	return entries, nil
}

// learn keeps the secrets in a value out of what is said, wherever Segment sends them back: only the catalog knows that
// some settings are secrets.
func (p *Plan) learn(name string, value json.RawMessage) {
	for _, s := range append(p.hiding(), p.setting(name)) {
		if s.Name == name {
			p.account.Learn(s.Secret().Texts(value)...)
		}
	}
}
