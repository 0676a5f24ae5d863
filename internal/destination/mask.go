package destination

import (
	"encoding/json"

	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/segment"
)

// Mask returns a destination as it may be shown: the API's own object, unknown fields included, with each secret among
// its settings masked.
func Mask(d *segment.Destination) *segment.Destination { return maskBy(d, nil) }

// maskBy is Mask with what the catalog says of the settings.
func maskBy(d *segment.Destination, settings []segment.Setting) *segment.Destination {
	text, err := json.Marshal(d)
	if err == nil {
		text, err = replaceField(text, "config", func(config json.RawMessage) (json.RawMessage, error) {
			return maskConfig(config, settings)
		})
	}
	masked := &segment.Destination{}
	if err == nil && json.Unmarshal(text, masked) == nil {
		return masked
	}
	// It was read from JSON, so that this cannot happen. If it does, no setting is shown.
	return &segment.Destination{Name: d.Name, DisplayName: d.DisplayName, Enabled: d.Enabled, ConnectionMode: d.ConnectionMode}
}

// maskConfig masks the values of a list of configuration entries.
func maskConfig(config json.RawMessage, settings []segment.Setting) (json.RawMessage, error) {
	var entries []json.RawMessage
	if err := json.Unmarshal(config, &entries); err != nil {
		return nil, err
	}
	for i, text := range entries {
		var entry segment.ConfigEntry
		err := json.Unmarshal(text, &entry)
		if err != nil {
			return nil, err
		}
		entries[i], err = replaceField(text, "value", func(value json.RawMessage) (json.RawMessage, error) {
			return maskEntry(entry, value, settings), nil
		})
		if err != nil {
			return nil, err
		}
	}
	if entries == nil {
		return config, nil
	}
	return encode(entries)
}

func maskEntry(entry segment.ConfigEntry, value json.RawMessage, settings []segment.Setting) json.RawMessage {
	return maskValue(value, segment.SettingOf(entry.Name), []segment.ConfigEntry{entry}, settings)
}

// maskValue masks the value of a setting by all that is known of it: by its entries in a destination, and by the
// catalog. If one of them makes it a secret, it is one. A name alone judges where nothing else is known.
func maskValue(value json.RawMessage, name string, entries []segment.ConfigEntry, settings []segment.Setting) json.RawMessage {
	known := false
	for _, entry := range entries {
		if entry.DisplayName != "" || entry.Type != "" {
			value = secret.Setting{Name: name, DisplayName: entry.DisplayName, Type: entry.Type}.Mask(value)
			known = true
		}
	}
	for _, s := range settings {
		if s.Name == name {
			value = maskSetting(s, value)
			known = true
		}
	}
	if !known {
		value = secret.Setting{Name: name}.Mask(value)
	}
	return value
}

// judges are the settings by which values are masked: those of the catalog, and those that are hidden whatever it says.
func (p *Plan) judges() []segment.Setting { return append(p.hiding(), p.settings()...) }

// hiding returns the hidden settings as the judge of secrets takes them.
func (p *Plan) hiding() []segment.Setting {
	all := make([]segment.Setting, len(p.hidden))
	for i, name := range p.hidden {
		all[i] = segment.Setting{Name: name, Type: "PASSWORD"}
	}
	return all
}

// maskSetting masks a value by the catalog, and what is nested in it by the nested settings.
func maskSetting(s segment.Setting, value json.RawMessage) json.RawMessage {
	value = secret.Setting{Name: s.Name, DisplayName: s.DisplayName, Type: s.Type}.Mask(value)
	if len(s.Settings) == 0 {
		return value
	}
	if masked, err := maskNested(s.Settings, value); err == nil {
		return masked
	}
	return value // neither an object nor a list: there is nothing nested in it
}

func maskNested(settings []segment.Setting, value json.RawMessage) (json.RawMessage, error) {
	var list []json.RawMessage
	if json.Unmarshal(value, &list) == nil && list != nil {
		for i, item := range list {
			if masked, err := maskNested(settings, item); err == nil {
				list[i] = masked
			}
		}
		return encode(list)
	}
	for _, s := range settings {
		masked, err := replaceField(value, segment.SettingOf(s.Name), func(nested json.RawMessage) (json.RawMessage, error) {
			return maskSetting(s, nested), nil
		})
		if err != nil {
			return nil, err
		}
		value = masked
	}
	return value, nil
}

// MaskSetting returns what may be shown of the value of a setting, by all that is known of it: its entry in a destination,
// and the catalog.
func MaskSetting(entry segment.ConfigEntry, catalog []segment.Setting) json.RawMessage {
	return maskEntry(entry, entry.Value, catalog)
}
