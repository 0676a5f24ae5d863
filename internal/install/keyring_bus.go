//go:build !windows && !darwin

package install

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/godbus/dbus/v5"
)

// reachable says why there can be no Secret Service. Without an address the D-Bus client would start a bus of its own,
// with nobody on it.
func reachable(getenv func(string) string) error {
	if getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return nil
	}
	if runtime := getenv("XDG_RUNTIME_DIR"); runtime != "" {
		if info, err := os.Stat(filepath.Join(runtime, "bus")); err == nil && info.Mode().Type() == fs.ModeSocket {
			return nil
		}
	}
	return errors.New("no D-Bus session: DBUS_SESSION_BUS_ADDRESS is not set")
}

// keyringKind goes by the names of D-Bus errors (D-Bus specification, Secret Service API 0.2 §Errors).
func keyringKind(err error) Kind {
	var refused dbus.Error
	var network *net.OpError
	switch {
	case errors.As(err, &refused):
	case errors.As(err, &network):
		return Absent
	case strings.HasPrefix(err.Error(), "failed to unlock"):
		// The prompt was dismissed, or could not be shown: go-keyring has no type for it.
		return Locked
	default:
		return Failed
	}
	switch name := refused.Name; {
	case name == "org.freedesktop.Secret.Error.IsLocked":
		return Locked
	case name == "org.freedesktop.DBus.Error.ServiceUnknown", name == "org.freedesktop.DBus.Error.NameHasNoOwner",
		name == "org.freedesktop.DBus.Error.NoServer", strings.HasPrefix(name, "org.freedesktop.DBus.Error.Spawn."):
		return Absent
	case name == "org.freedesktop.DBus.Error.AccessDenied", name == "org.freedesktop.DBus.Error.AuthFailed":
		return Refused
	case name == "org.freedesktop.DBus.Error.NoReply", name == "org.freedesktop.DBus.Error.Timeout":
		return Slow
	}
	return Failed
}
