package cmd

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/segctl/segctl/internal/segment"
)

// settings adds the settings of the flags to those of the file, typed by the catalog.
func (f *destFlags) settings(ctx context.Context, app *App, p *destPlan) error {
	texts, err := pairs("--set", "name=value", f.set)
	if err != nil {
		return err
	}
	documents, err := pairs("--set-json", "name=JSON", f.setJSON)
	if err != nil {
		return err
	}
	values := map[string]json.RawMessage{}
	for _, entry := range p.body.Config {
		values[segment.SettingOf(entry.Name)] = entry.Value
	}
	if f.apiKey != "" || len(texts)+len(documents)+len(f.unset)+len(values) > 0 {
		if err := app.lookUp(ctx, p); err != nil {
			return err
		}
	}
	if f.apiKey != "" {
		setting, err := p.keySetting()
		if err != nil {
			return err
		}
		if values[setting.Name], err = segment.ParseValue(setting, f.apiKey); err != nil {
			return p.badValue(err)
		}
	}
	for _, pair := range texts {
		if values[pair.name], err = segment.ParseValue(p.setting(pair.name), pair.value); err != nil {
			return p.badValue(err)
		}
	}
	for _, pair := range documents {
		if !json.Valid([]byte(pair.value)) {
			return usagef("setting %q: the value is not JSON", pair.name).hint("--set " + pair.name + "=…   # for plain text")
		}
		values[pair.name] = json.RawMessage(pair.value)
	}
	for _, name := range f.unset {
		values[name] = json.RawMessage("null")
	}
	p.body.Config = nil
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if err := segment.CheckID(name); err != nil {
			return err
		}
		p.body.Config = append(p.body.Config, segment.ConfigEntry{Name: segment.ConfigName(p.name, name), Value: values[name]})
	}
	return nil
}

func (p *destPlan) badValue(err error) error {
	return usagef("%w", err).hint("segctl catalog get " + p.name.Destination + "   # its settings")
}

type pair struct{ name, value string }

// pairs splits the values of a flag. The error does not repeat what was given: it may be a secret.
func pairs(flag, form string, given []string) ([]pair, error) {
	all := make([]pair, len(given))
	for i, text := range given {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return nil, usagef("%s takes %s", flag, form)
		}
		all[i] = pair{name, value}
	}
	return all, nil
}
