package wire

import (
	"fmt"
	"strings"
)

// maxID bounds one part of a resource name, in bytes.
const maxID = 256

// IDError says why a text cannot be one part of a resource name.
type IDError struct{ Text, Problem string }

func (e *IDError) Error() string { return fmt.Sprintf("id %q %s", e.Text, e.Problem) }

// CheckID returns an *IDError unless id can be one part of a resource name: the unreserved characters of a URL
// (RFC 3986 §2.3), and not "." or "..". Anything else could make a request leave its collection, or be run by the shell
// that an id is completed in.
func CheckID(id string) error {
	switch {
	case id == "":
		return &IDError{id, "is empty"}
	case id == "." || id == "..":
		return &IDError{id, "is not an id"}
	case len(id) > maxID:
		return &IDError{id[:32] + "…", "is too long"}
	case strings.ContainsFunc(id, notInID):
		return &IDError{id, "has characters that no id has"}
	}
	return nil
}

func notInID(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune("-._~", r):
		return false
	}
	return true
}

// maxInstallID bounds the id of an install, in bytes: it becomes part of a file's name.
const maxInstallID = 64

// InstallNameError says that something is not the name of an install.
type InstallNameError struct{ Name string }

func (e *InstallNameError) Error() string {
	return fmt.Sprintf("%q is not the name of an install, such as installs/7", e.Name)
}

// ParseInstallName returns the canonical name of an install, "installs/7". It also takes "install/7", as Segment's own
// documented answer to a refresh has it, and the bare "7". The error is an *InstallNameError.
func ParseInstallName(s string) (string, error) {
	id := s
	if kind, rest, found := strings.Cut(s, "/"); found {
		if kind != "installs" && kind != "install" {
			return "", &InstallNameError{s}
		}
		id = rest
	}
	if len(id) > maxInstallID || strings.Trim(id, ".") == "" || strings.Contains(id, "~") || CheckID(id) != nil {
		return "", &InstallNameError{s}
	}
	return "installs/" + id, nil
}

// InstallID returns the id in the canonical name of an install: "7" for "installs/7".
func InstallID(name string) string { return strings.TrimPrefix(name, "installs/") }
