package install

import (
	"fmt"
	"strings"
)

// ParseName returns the canonical name of an install, "installs/7". It also takes "install/7", as Segment's own answer
// to a refresh has it, and the bare "7". The error is a *NameError.
func ParseName(s string) (string, error) {
	id := s
	if kind, rest, found := strings.Cut(s, "/"); found {
		if kind != "installs" && kind != "install" {
			return "", &NameError{s}
		}
		id = rest
	}
	if id == "" || len(id) > 64 || strings.Trim(id, ".") == "" || strings.ContainsFunc(id, notInID) {
		return "", &NameError{s}
	}
	return "installs/" + id, nil
}

func notInID(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '_', r == '.':
		return false
	}
	return true
}

// NameError says that something is not the name of an install.
type NameError struct{ Name string }

func (e *NameError) Error() string {
	return fmt.Sprintf("%q is not the name of an install, such as installs/7", e.Name)
}
