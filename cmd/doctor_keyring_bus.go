//go:build !windows && !darwin

package cmd

import (
	"context"
	"path/filepath"

	"github.com/godbus/dbus/v5"
)

// keyringLocked reports whether the keyring would have to be unlocked before it answers, which opens a window. It asks
// for a property of the collection that go-keyring uses (Secret Service API 0.2), and nothing opens. Where there is no
// answer, it says false.
func keyringLocked(ctx context.Context, getenv func(string) string) bool {
	address := getenv("DBUS_SESSION_BUS_ADDRESS")
	if address == "" {
		runtime := getenv("XDG_RUNTIME_DIR")
		if runtime == "" {
			return false
		}
		address = "unix:path=" + filepath.Join(runtime, "bus")
	}
	bus, err := dbus.Connect(address, dbus.WithContext(ctx))
	if err != nil {
		return false
	}
	defer func() { _ = bus.Close() }()
	for _, path := range []dbus.ObjectPath{"/org/freedesktop/secrets/collection/login", "/org/freedesktop/secrets/aliases/default"} {
		var locked bool
		err := bus.Object("org.freedesktop.secrets", path).
			CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, "org.freedesktop.Secret.Collection", "Locked").
			Store(&locked)
		if err == nil {
			return locked
		}
	}
	return false
}
