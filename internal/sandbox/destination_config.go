package sandbox

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// change writes the fields of in that are named into d.
func (s *Server) change(d *destination, entry *catalogDestination, in destinationInput, fields map[string]bool) error {
	if fields["enabled"] {
		d.Enabled = in.Enabled
	}
	if fields["connection_mode"] {
		switch in.ConnectionMode {
		case "CLOUD", "DEVICE", "UNSPECIFIED":
			d.ConnectionMode = in.ConnectionMode
		case "":
			d.ConnectionMode = "UNSPECIFIED"
		default:
			return invalidArgument("invalid argument: connection_mode %q is none of CLOUD, DEVICE, UNSPECIFIED", in.ConnectionMode)
		}
		// Where there is nothing to choose, the service does not keep the choice.
		if entry.cloudOnly() && s.quirk(quirkConnectionMode) == "unspecified" {
			d.ConnectionMode = "UNSPECIFIED"
		}
	}
	if fields["config"] {
		if len(in.Config) == 0 {
			d.Config = []configEntry{}
		}
		if err := s.mergeConfig(d, entry, in.Config); err != nil {
			return err
		}
	}
	if d.Enabled {
		return requiredSettings(d, entry)
	}
	return nil
}

// mergeConfig sets the settings that are named, and clears those whose value is null; the others survive.
func (s *Server) mergeConfig(d *destination, entry *catalogDestination, config []configEntry) error {
	for _, in := range config {
		setting, ok := strings.CutPrefix(in.Name, d.Name+"/config/")
		if !ok || setting == "" {
			return invalidArgument("invalid argument: config name %q has to be %s/config/SETTING", in.Name, d.Name)
		}
		known := entry.setting(setting)
		if known == nil {
			return invalidArgument("invalid argument: %s has no setting %q", entry.DisplayName, setting)
		}
		at := slices.IndexFunc(d.Config, func(e configEntry) bool { return e.Name == in.Name })
		if string(in.Value) == "null" {
			if at >= 0 {
				d.Config = slices.Delete(d.Config, at, at+1)
			}
			continue
		}
		if at < 0 && s.quirk(quirkConfig) == "all" && string(in.Value) == string(unset(known)) {
			continue // what reads back of a setting that nobody wrote is no value when it is sent again
		}
		if err := s.checkValue(known, in.Value); err != nil {
			return invalidArgument("invalid argument: setting %s: %v", setting, err)
		}
		out := configEntry{in.Name, known.DisplayName, in.Value, strings.ToLower(known.Type)}
		if at < 0 {
			d.Config = append(d.Config, out)
		} else {
			d.Config[at] = out
		}
	}
	return nil
}

// requiredSettings checks that an enabled destination has everything that its catalog entry requires.
func requiredSettings(d *destination, entry *catalogDestination) error {
	for _, want := range entry.Settings {
		if !want.Required {
			continue
		}
		at := slices.IndexFunc(d.Config, func(e configEntry) bool { return lastWord(e.Name) == want.slug() })
		if at < 0 || isBlank(d.Config[at].Value) {
			return invalidArgument("invalid argument: setting %s is required", want.slug())
		}
	}
	return nil
}

func isBlank(value json.RawMessage) bool {
	return len(value) == 0 || string(value) == "null" || string(value) == `""`
}

// readBack is a destination as it is answered: with the settings that were written, or by the quirk with every setting
// of the catalog.
func (c *call) readBack(d *destination) *destination {
	if c.server.quirk(quirkConfig) != "all" {
		return d
	}
	entry, ok := get[*catalogDestination](c.tx, "catalog/destinations/"+lastWord(d.Name))
	if !ok {
		return d
	}
	written := make(map[string]configEntry, len(d.Config))
	for _, e := range d.Config {
		written[e.Name] = e
	}
	full := *d
	full.Config = make([]configEntry, 0, len(entry.Settings))
	for i := range entry.Settings {
		set := &entry.Settings[i]
		e, ok := written[d.Name+"/config/"+set.slug()]
		if !ok {
			e = configEntry{d.Name + "/config/" + set.slug(), set.DisplayName, unset(set), strings.ToLower(set.Type)}
		}
		delete(written, e.Name)
		full.Config = append(full.Config, e)
	}
	for _, e := range d.Config { // kept from a state whose catalog was another one
		if _, ok := written[e.Name]; ok {
			full.Config = append(full.Config, e)
		}
	}
	return &full
}

// unset is how a setting reads that nobody wrote: the empty value of its type.
func unset(set *catalogSetting) json.RawMessage {
	switch set.Type {
	case "BOOLEAN":
		return json.RawMessage("false")
	case "NUMBER":
		least := 0.0
		if v := set.NumberValidators; v != nil {
			least = max(least, v.Min)
		}
		return json.RawMessage(strconv.FormatFloat(least, 'f', -1, 64))
	case "LIST":
		return json.RawMessage("[]")
	case "MAP":
		return json.RawMessage("{}")
	case "MIXED":
		return json.RawMessage("null")
	default:
		return json.RawMessage(`""`)
	}
}
