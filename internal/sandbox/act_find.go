package sandbox

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// maxNamed is how many of the things that there are an error names.
const maxNamed = 10

// missingError says that there is none of what a command to the sandbox means.
type missingError struct {
	kind string // install, destination or snapshot
	text string
}

func (e *missingError) Error() string { return e.text }

// findActor returns the install that a customer's act is about: by its name, such as installs/7 or 7, by workspace/source,
// or by its workspace alone. "" is the only one there is.
func findActor(t *tx, wanted string) (*install, error) {
	all := list[*install](t, "installs")
	name := "installs/" + strings.TrimPrefix(strings.TrimPrefix(wanted, "installs/"), "install/")
	if in, ok := get[*install](t, name); ok {
		return in, nil
	}
	found := all
	if wanted != "" {
		at := place(wanted)
		found = slices.DeleteFunc(slices.Clone(all), func(in *install) bool {
			here := in.place()
			return here != at && here != workspaceOf(at) && workspaceOf(here) != at
		})
		if exact := slices.DeleteFunc(slices.Clone(found), func(in *install) bool { return in.place() != at }); len(exact) > 0 {
			found = exact
		}
	}
	switch {
	case len(all) == 0:
		return nil, &missingError{"install", "there is no install"}
	case len(found) == 0:
		return nil, &missingError{"install", fmt.Sprintf("there is no install %q, but %s", wanted, installNames(all))}
	case len(found) > 1:
		return nil, fmt.Errorf("more than one install is meant: %s", installNames(found))
	}
	return found[0], nil
}

// findActedOn returns the destination that a customer's act is about.
func findActedOn(t *tx, in *install, a Act) (*destination, error) {
	wanted, from := a.Destination, a.Source
	if wanted == "" && narrow(in.Scope) {
		wanted = strings.TrimPrefix(in.Scope, scopeDestination)
	}
	at := in.place()
	switch {
	case from != "":
		at = workspaceOf(at) + "/" + lastWord(from)
	case in.Source != "":
		from = in.Source
	case strings.Contains(place(a.Install), "/") && workspaceOf(place(a.Install)) == at: // an install for all of a workspace
		from = place(a.Install)
		at = from
	}
	var there, found []*destination
	for _, src := range list[*source](t, in.Workspace+"/sources") {
		if from != "" && from != src.Name && from != place(src.Name) && from != lastWord(src.Name) {
			continue
		}
		for _, d := range list[*destination](t, src.Name+"/destinations") {
			there = append(there, d)
			if wanted == "" || wanted == lastWord(d.Name) || wanted == d.Name {
				found = append(found, d)
			}
		}
	}
	switch {
	case len(there) == 0:
		return nil, &missingError{"destination", "there is no destination on " + at}
	case len(found) == 0:
		return nil, &missingError{"destination", fmt.Sprintf("there is no destination %q on %s, but %s", wanted, at, destinationNames(there))}
	case len(found) > 1:
		return nil, fmt.Errorf("more than one destination of %s is meant: %s", in.Name, destinationNames(found))
	}
	return found[0], nil
}

// place writes the name of a workspace or a source as people do: acme, or acme/js.
func place(name string) string {
	return strings.Replace(strings.TrimPrefix(name, "workspaces/"), "/sources/", "/", 1)
}

// place is where the install is: workspace/source, or the workspace when it is for all of it.
func (in *install) place() string { return place(cmp.Or(in.Source, in.Workspace)) }

// workspaceOf is the first half of a place.
func workspaceOf(place string) string {
	workspace, _, _ := strings.Cut(place, "/")
	return workspace
}

func installNames(all []*install) string {
	return namesOf(all, func(in *install) string { return in.Name + " on " + in.place() })
}

func destinationNames(all []*destination) string {
	return namesOf(all, func(d *destination) string { return lastWord(d.Name) + " on " + place(d.Parent) })
}

// namesOf lists the first of all, and says how many more there are.
func namesOf[T any](all []T, name func(T) string) string {
	var names []string
	for _, one := range all[:min(len(all), maxNamed)] {
		names = append(names, name(one))
	}
	if more := len(all) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}
