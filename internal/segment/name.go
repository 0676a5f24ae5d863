package segment

import (
	"fmt"
	"strings"

	"github.com/segctl/segctl/internal/wire"
)

// Name is the name of a workspace, or of a source or destination in it, by the ids of its parts.
type Name struct{ Workspace, Source, Destination string }

// NameError says that a text is not a resource name, or not one of the kind that is wanted.
type NameError struct{ Text, Problem string }

func (e *NameError) Error() string { return fmt.Sprintf("name %q %s", e.Text, e.Problem) }

// ParseName takes "workspaces/W", "workspaces/W/sources/S" or "workspaces/W/sources/S/destinations/D". The error is a
// *NameError.
func ParseName(s string) (Name, error) {
	var n Name
	collections := [...]string{"workspaces", "sources", "destinations"}
	ids := [...]*string{&n.Workspace, &n.Source, &n.Destination}
	words := strings.Split(s, "/")
	if len(words)%2 != 0 || len(words) > 2*len(ids) {
		return Name{}, &NameError{s, "is not of the form workspaces/W[/sources/S[/destinations/D]]"}
	}
	for i := 0; i < len(words); i += 2 {
		if words[i] != collections[i/2] {
			return Name{}, &NameError{s, fmt.Sprintf("has %q where %q belongs", words[i], collections[i/2])}
		}
		if err := wire.CheckID(words[i+1]); err != nil {
			return Name{}, &NameError{s, "holds an id that is empty or has characters that no id has"}
		}
		*ids[i/2] = words[i+1]
	}
	return n, nil
}

// String returns the name as Segment writes it.
func (n Name) String() string {
	s := "workspaces/" + n.Workspace
	if n.Source != "" {
		s += "/sources/" + n.Source
	}
	if n.Destination != "" {
		s += "/destinations/" + n.Destination
	}
	return s
}

// mustBe returns a *NameError unless the name is that of a "workspace", "source" or "destination": a destination's name
// without its last id would be its source's, and deleting that is another matter.
func (n Name) mustBe(kind string) error {
	parsed, err := ParseName(n.String())
	switch {
	case err != nil:
		return err
	case parsed != n || n.kind() != kind:
		return &NameError{n.String(), "is not the name of a " + kind}
	}
	return nil
}

func (n Name) kind() string {
	switch {
	case n.Destination != "":
		return "destination"
	case n.Source != "":
		return "source"
	}
	return "workspace"
}

// Parent returns the name of the source of a destination, or of the workspace of a source.
func (n Name) Parent() Name {
	if n.Destination != "" {
		return Name{Workspace: n.Workspace, Source: n.Source}
	}
	return Name{Workspace: n.Workspace}
}

// ConfigName returns the full name of a destination's setting: "workspaces/…/destinations/D/config/apiKey".
func ConfigName(destination Name, setting string) string {
	return destination.String() + "/config/" + setting
}

// SettingOf returns the setting that a full config name ends in: "apiKey".
func SettingOf(configName string) string { return IDOf(configName) }

// IDOf returns the id that a resource name ends in: "js" for "workspaces/acme/sources/js".
func IDOf(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }
