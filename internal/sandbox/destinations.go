package sandbox

import (
	"encoding/json"
	"slices"
	"strings"
)

type destinationRequest struct {
	Destination destinationInput `json:"destination"`
	UpdateMask  updateMask       `json:"update_mask"`
}

type destinationInput struct {
	Name           string        `json:"name"`
	Enabled        bool          `json:"enabled"` // left out, it means false
	ConnectionMode string        `json:"connection_mode"`
	Config         []configEntry `json:"config"`
}

func listDestinations(c *call) (any, error) {
	if _, err := getSource(c); err != nil {
		return nil, err
	}
	items, next, err := page[*destination](c, c.name(5), nil)
	if err != nil {
		return nil, err
	}
	return struct {
		Destinations  []*destination `json:"destinations"`
		NextPageToken string         `json:"next_page_token"`
	}{items, next}, nil
}

func getDestination(c *call) (any, error) {
	return c.destination()
}

// destination is the one that the path names.
func (c *call) destination() (*destination, error) {
	d, ok := get[*destination](c.tx, c.name(6))
	if !ok {
		return nil, notFound("destination")
	}
	return d, nil
}

func createDestination(c *call) (any, error) {
	if _, err := getSource(c); err != nil {
		return nil, err
	}
	var in destinationRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if name := in.Destination.Name; collection(name) != c.name(5) || lastWord(name) == "" {
		return nil, invalidArgument("invalid argument: destination.name has to be %s/SLUG", c.name(5))
	}
	return c.server.newDestination(c.tx, in.Destination)
}

// newDestination makes a destination that the catalog knows.
func (s *Server) newDestination(t *tx, in destinationInput) (*destination, error) {
	entry, ok := get[*catalogDestination](t, "catalog/destinations/"+lastWord(in.Name))
	if !ok {
		return nil, invalidArgument("invalid argument: the catalog has no destination %q", lastWord(in.Name))
	}
	if t.lookup(in.Name) != nil {
		return nil, s.duplicateDestination()
	}
	now := timestamp(s.now())
	d := &destination{
		Name: in.Name, Parent: collection(collection(in.Name)), DisplayName: entry.DisplayName,
		Config: []configEntry{}, CreateTime: now, UpdateTime: now,
	}
	all := map[string]bool{"enabled": true, "connection_mode": true, "config": true}
	if err := s.change(d, entry, in, all); err != nil {
		return nil, err
	}
	t.put(d.Name, d)
	return d, nil
}

// duplicateDestination is what the real service answers, although its documents say 409.
func (s *Server) duplicateDestination() error {
	if s.quirk(quirkDuplicateCreate) == "409" {
		return alreadyExists("destination")
	}
	return internalError("destination already exists or other internal error")
}

func updateDestination(c *call) (any, error) {
	old, err := c.destination()
	if err != nil {
		return nil, err
	}
	var in destinationRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.Destination.Name != "" && in.Destination.Name != old.Name {
		return nil, invalidArgument("invalid argument: destination.name is not the destination of the path")
	}
	fields, err := in.UpdateMask.fields("destination", "enabled", "connection_mode", "config")
	if err != nil {
		return nil, err
	}
	d := *old
	d.Config = slices.Clone(old.Config)
	entry, ok := get[*catalogDestination](c.tx, "catalog/destinations/"+lastWord(old.Name))
	if !ok { // kept from a state whose catalog was another one
		entry = &catalogDestination{DisplayName: old.DisplayName}
	}
	if err := c.server.change(&d, entry, in.Destination, fields); err != nil {
		return nil, err
	}
	if len(fields) > 0 {
		d.UpdateTime = timestamp(c.server.now())
		c.tx.put(d.Name, &d)
	}
	return &d, nil
}

func deleteDestination(c *call) (any, error) {
	if _, err := c.destination(); err != nil {
		return nil, err
	}
	c.tx.remove(c.name(6))
	return empty{}, nil
}

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
