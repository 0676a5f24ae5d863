package destination

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/segment"
)

// maxNote bounds the text of an error in a note, in characters.
const maxNote = 200

// lookUp returns what the catalog says of a destination. A catalog that cannot be read is a note, never a failure:
// Segment itself still judges what it is sent.
func lookUp(ctx context.Context, acc *account.Account, slug string) (entry *segment.CatalogDestination, note string, err error) {
	entry, err = acc.CatalogDestination(ctx, slug)
	var (
		refused *segment.Error
		garbled *segment.AnswerError
		network *segment.NetworkError
	)
	switch {
	case ctx.Err() != nil:
		return nil, "", ctx.Err()
	case segment.HasReason(err, segment.NotFound):
		return nil, fmt.Sprintf("the settings are not checked, for the catalog has no destination %q", slug), nil
	case errors.As(err, &refused), errors.As(err, &garbled), errors.As(err, &network):
		return nil, "the settings are not checked, for the catalog cannot be read: " + secret.Brief(err.Error(), maxNote), nil
	}
	return entry, "", err
}

// CatalogSettings returns the settings that the catalog has for a destination. One that cannot be read has none, and is a
// note.
func CatalogSettings(ctx context.Context, acc *account.Account, slug string) (settings []segment.Setting, note string, err error) {
	entry, note, err := lookUp(ctx, acc, slug)
	if entry == nil || err != nil {
		return nil, note, err
	}
	return entry.Settings, note, nil
}

// lookUp reads the catalog for a plan, once.
func (p *Plan) lookUp(ctx context.Context) error {
	if p.looked {
		return nil
	}
	entry, note, err := lookUp(ctx, p.account, p.name.Destination)
	if err != nil {
		return err
	}
	p.entry, p.looked = entry, true
	if note != "" {
		p.notes = append(p.notes, note)
	}
	return nil
}

// settings are those of the catalog, none where it could not be read.
func (p *Plan) settings() []segment.Setting {
	if p.entry == nil {
		return nil
	}
	return p.entry.Settings
}

// setting returns what the catalog says of a setting; without a catalog, only its name is known.
func (p *Plan) setting(name string) segment.Setting {
	for _, s := range p.settings() {
		if s.Name == name {
			return s
		}
	}
	return segment.Setting{Name: name}
}

// keySetting returns the setting that an API key means. Without a catalog it is apiKey, as it is for most destinations.
func (p *Plan) keySetting() (segment.Setting, error) {
	if p.entry == nil {
		return segment.Setting{Name: "apiKey", Type: "STRING"}, nil
	}
	setting, err := segment.KeySetting(p.entry.Settings)
	if none, ok := asKeyError(err); ok {
		return setting, &KeyError{p.name.Destination, none}
	}
	return setting, err
}

// check returns a *SettingsError for what the catalog finds wrong with the settings of a body. One that is created needs
// all the required ones.
func (p *Plan) check(body segment.DestinationBody, create bool) error {
	if p.entry == nil || !p.validate {
		return nil
	}
	values := map[string]json.RawMessage{}
	for _, entry := range body.Config {
		values[segment.SettingOf(entry.Name)] = entry.Value
	}
	settings := slices.Clone(p.entry.Settings)
	for i := range settings {
		if slices.Contains(p.hidden, settings[i].Name) {
			settings[i].DisplayName = "Secret" // no message names the keys of a map that is one
		}
	}
	if problems := segment.Check(settings, values, create); len(problems) > 0 {
		return p.wrong(problems...)
	}
	return nil
}

// Required returns the settings that a destination cannot be created without, as the catalog has them, but for those
// whose names are given.
func Required(settings []segment.Setting, given []string) []segment.Setting {
	var missing []segment.Setting
	for _, s := range settings {
		if s.Required && !s.Deprecated && !slices.Contains(given, s.Name) {
			missing = append(missing, s)
		}
	}
	return missing
}
