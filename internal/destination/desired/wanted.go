package desired

import (
	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination"
)

// Missing is a variable that has no text.
type Missing struct {
	Name  string
	Place string // where it stands, such as clearbrain.yaml:9:15
}

// Wanted returns what an entry wants of an install, and the variables that are missing for it. variable returns the text
// of a variable for that install. An empty text counts as none: it would wipe out a key.
func (e *Entry) Wanted(variable func(name string) string) (destination.Wanted, []Missing) {
	w := destination.Wanted{
		Destination: e.Destination,
		Place:       account.Place{Workspace: e.Workspace, Source: e.Source},
		Change:      destination.Change{Enabled: e.Enabled, Mode: e.Mode, Where: e.where},
		From:        e.Place(),
	}
	var missing []Missing
	for _, s := range e.Settings {
		variables := s.value.variables()
		texts := make(map[string]string, len(variables))
		for _, v := range variables {
			texts[v.variable] = variable(v.variable)
			if texts[v.variable] == "" {
				missing = append(missing, Missing{v.variable, place(e.file.Path, v.line, v.column)})
			}
		}
		switch {
		case s.value.isNull():
			w.Change.Unset = append(w.Change.Unset, s.Name)
		case s.value.typed != "":
			w.Change.Set = append(w.Change.Set, destination.Pair{Name: s.Name, Value: texts[s.value.typed]})
		default:
			w.Change.SetJSON = append(w.Change.SetJSON, destination.Pair{Name: s.Name, Value: s.value.json(texts)})
		}
		if len(variables) > 0 {
			w.Change.Hidden = append(w.Change.Hidden, s.Name)
		}
	}
	return w, missing
}
