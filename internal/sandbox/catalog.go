package sandbox

import (
	"encoding/json"
	"slices"
)

// catalogDestination is an entry of the destination catalog. One that was read from a file keeps its own bytes, so
// that it is served with every field it came with.
type catalogDestination struct {
	Name             string             `json:"name"`
	DisplayName      string             `json:"display_name"`
	Description      string             `json:"description"`
	Type             string             `json:"type"`
	Website          string             `json:"website"`
	Status           string             `json:"status"`
	PreviousNames    []string           `json:"previous_names"`
	Logos            catalogLogos       `json:"logos"`
	Categories       catalogCategories  `json:"categories"`
	Components       []catalogComponent `json:"components"`
	Platforms        catalogPlatforms   `json:"platforms"`
	Methods          catalogMethods     `json:"methods"`
	UnbundlingWorks  bool               `json:"browserUnbundlingSupported"`
	UnbundlingPublic bool               `json:"browserUnbundlingPublic"`
	Settings         []catalogSetting   `json:"settings"`

	raw json.RawMessage
}

// catalogSource is an entry of the source catalog. It keeps its own bytes, too.
type catalogSource struct {
	Name        string       `json:"name"`
	DisplayName string       `json:"display_name"`
	Description string       `json:"description"`
	Type        string       `json:"type"`       // event or object
	Categories  []string     `json:"categories"` // the first is what sites sort by
	Logos       catalogLogos `json:"logos"`

	raw json.RawMessage
}

type catalogLogos struct {
	Logo string `json:"logo"`
	Mark string `json:"mark"`
}

type catalogCategories struct {
	Primary    string   `json:"primary"`
	Secondary  string   `json:"secondary"`
	Additional []string `json:"additional"`
}

// catalogComponent says where a destination can run: CLOUD, WEB, IOS, ANDROID.
type catalogComponent struct {
	Type string `json:"type"`
}

type catalogPlatforms struct {
	Browser bool `json:"browser"`
	Server  bool `json:"server"`
	Mobile  bool `json:"mobile"`
}

type catalogMethods struct {
	Alias    bool `json:"alias"`
	Group    bool `json:"group"`
	Identify bool `json:"identify"`
	PageView bool `json:"page_view"`
	Track    bool `json:"track"`
}

// catalogSetting has its fields in the order of raw answers: one of the validators, or none, stands before description.
type catalogSetting struct {
	Name             string            `json:"name"`
	DisplayName      string            `json:"display_name"`
	Type             string            `json:"type"`
	Deprecated       bool              `json:"deprecated"`
	Required         bool              `json:"required"`
	StringValidators *stringValidators `json:"string_validators,omitempty"`
	NumberValidators *numberValidators `json:"number_validators,omitempty"`
	SelectValidators *selectValidators `json:"select_validators,omitempty"`
	MapValidators    *mapValidators    `json:"map_validators,omitempty"`
	Description      string            `json:"description"`
	Settings         []catalogSetting  `json:"settings"` // of the parts of a value
}

type stringValidators struct {
	Regexp string `json:"regexp"` // empty: none
}

// numberValidators with 0 and 0 mean none, and a Max of 0 below Min is no upper bound.
type numberValidators struct {
	Min float64 `json:"min"`
	Max float64 `json:"max"`
}

type selectValidators struct {
	SelectOptions []any `json:"select_options"` // empty: anything
}

type mapValidators struct {
	Regexp        string `json:"regexp"`
	Min           int    `json:"min"`
	Max           int    `json:"max"` // of entries; 0: no limit
	MapPrefix     string `json:"map_prefix"`
	SelectOptions []any  `json:"select_options"` // of the values; empty: anything
}

// MarshalJSON writes the bytes that the entry was read from, where there are any.
func (d *catalogDestination) MarshalJSON() ([]byte, error) {
	if d.raw != nil {
		return d.raw, nil
	}
	type plain catalogDestination
	return json.Marshal((*plain)(d))
}

// MarshalJSON writes the bytes that the entry was read from, where there are any.
func (s *catalogSource) MarshalJSON() ([]byte, error) {
	if s.raw != nil {
		return s.raw, nil
	}
	type plain catalogSource
	return json.Marshal((*plain)(s))
}

// served is the entry with the bytes that it is answered with, and of the rest only what decides something: a catalog of
// hundreds of entries is not held twice.
func (d *catalogDestination) served(raw json.RawMessage) *catalogDestination {
	for i := range d.Settings {
		d.Settings[i].Description, d.Settings[i].Settings = "", nil
	}
	return &catalogDestination{Name: d.Name, DisplayName: d.DisplayName, Components: d.Components, Settings: d.Settings, raw: raw}
}

// cloudOnly reports whether there is no connection mode to choose.
func (d *catalogDestination) cloudOnly() bool {
	return len(d.Components) == 1 && d.Components[0].Type == "CLOUD"
}

// slug is the setting's own id, whether its name is a bare one or a full resource name.
func (s *catalogSetting) slug() string { return lastWord(s.Name) }

func (d *catalogDestination) setting(slug string) *catalogSetting {
	at := slices.IndexFunc(d.Settings, func(s catalogSetting) bool { return s.slug() == slug })
	if at < 0 {
		return nil
	}
	return &d.Settings[at]
}
