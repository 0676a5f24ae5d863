package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Act is something that a customer does on Segment's own pages, behind the App's back.
type Act struct {
	Verb        string            `json:"verb"`                  // one of ActVerbs
	Install     string            `json:"install,omitempty"`     // its name, workspace/source or workspace; "": the only one there is
	Destination string            `json:"destination,omitempty"` // slug; "": the one of the install's scope
	Source      string            `json:"source,omitempty"`      // slug; "": the install's
	Settings    map[string]string `json:"settings,omitempty"`    // of a change, as text that the catalog types; none: another text somewhere
}

// Acted is what an Act did.
type Acted struct {
	Verb        string   `json:"verb"`
	Install     string   `json:"install"`
	Place       string   `json:"place"`                 // workspace/source, or workspace
	Destination string   `json:"destination,omitempty"` // full name; "" after an uninstall
	Settings    []string `json:"settings,omitempty"`    // names of those that a change set
}

// The verbs of an Act.
const (
	actUninstall = "uninstall"
	actDisable   = "disable"
	actEnable    = "enable"
	actChange    = "change"
	actDelete    = "delete"
)

// ActVerbs are what a customer can do: take the App off the workspace, and disable, enable, change and delete a
// destination.
func ActVerbs() []string { return []string{actUninstall, actDisable, actEnable, actChange, actDelete} }

// Act plays the customer. An error says which install, destination or setting was meant, and which there are.
func (s *Server) Act(a Act) (Acted, error) {
	done := Acted{Verb: a.Verb}
	if !slices.Contains(ActVerbs(), a.Verb) {
		return done, fmt.Errorf("act %q is none of %s", a.Verb, strings.Join(ActVerbs(), ", "))
	}
	if a.Verb != actChange && len(a.Settings) > 0 {
		return done, fmt.Errorf("act %s takes no settings", a.Verb)
	}
	err := s.store.update(func(t *tx) error {
		in, err := findActor(t, a.Install)
		if err != nil {
			return err
		}
		done.Install, done.Place = in.Name, in.place()
		if a.Verb == actUninstall {
			t.uninstall(in)
			return nil
		}
		d, err := findActedOn(t, in, a)
		if err != nil {
			return err
		}
		done.Destination, done.Place = d.Name, place(d.Parent)
		if a.Verb == actDelete {
			t.remove(d.Name)
			return nil
		}
		done.Settings, err = s.actOn(t, d, a)
		return err
	})
	return done, err
}

// uninstall takes an App off a workspace: the install is gone, and its token with it.
func (t *tx) uninstall(in *install) {
	if in.Token != "" {
		t.remove("tokens/" + in.Token)
	}
	t.remove(in.Name)
}

// actOn enables, disables or changes a destination as a request to the API does. It returns the names of the settings
// that it set.
func (s *Server) actOn(t *tx, old *destination, a Act) ([]string, error) {
	entry, ok := get[*catalogDestination](t, "catalog/destinations/"+lastWord(old.Name))
	if !ok { // kept from a state whose catalog was another one
		entry = &catalogDestination{DisplayName: old.DisplayName}
	}
	d := *old
	d.Config = slices.Clone(old.Config)
	in, fields := destinationInput{Enabled: a.Verb == actEnable}, map[string]bool{"enabled": true}
	if a.Verb == actChange {
		fields = map[string]bool{"config": true}
		var err error
		if in.Config, err = s.newValues(old, entry, a.Settings); err != nil {
			return nil, err
		}
	}
	if err := s.change(&d, entry, in, fields); err != nil {
		return nil, err
	}
	d.UpdateTime = timestamp(s.now())
	t.put(d.Name, &d)
	var names []string
	for _, e := range in.Config {
		names = append(names, lastWord(e.Name))
	}
	return names, nil
}

// newValues are the settings of a change: those that are named, or else the first text that is set with another value.
func (s *Server) newValues(d *destination, entry *catalogDestination, settings map[string]string) ([]configEntry, error) {
	var config []configEntry
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		known := entry.setting(name)
		if known == nil {
			return nil, fmt.Errorf("%s has no setting %q: %s", entry.DisplayName, name, strings.Join(entry.settingNames(), ", "))
		}
		value, err := known.parse(settings[name])
		if err != nil {
			return nil, fmt.Errorf("setting %s: %w", name, err)
		}
		config = append(config, configEntry{Name: d.Name + "/config/" + name, Value: value})
	}
	if len(config) > 0 {
		return config, nil
	}
	for _, e := range d.Config {
		known := entry.setting(lastWord(e.Name))
		if known == nil {
			continue
		}
		if value, ok := s.anotherValue(known, e.Value); ok {
			return []configEntry{{Name: e.Name, Value: value}}, nil
		}
	}
	return nil, fmt.Errorf("%s on %s has no text among its settings that could be another one: name a setting and its value",
		lastWord(d.Name), place(d.Parent))
}
