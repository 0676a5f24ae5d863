//go:build !windows && !darwin

package install

import (
	"context"
	"path/filepath"

	"github.com/godbus/dbus/v5"
)

// IsLocked reports whether the keyring would have to be unlocked before it answers, which opens a window. It asks for a
// property of the collection that go-keyring uses (Secret Service API 0.2), which opens nothing. Where there is no
// answer, it says false.
func (k *Keyring) IsLocked(ctx context.Context) bool {
	address := k.busAddress()
	if address == "" {
		return false
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

// busAddress returns the address of the session bus, "" where the environment names none.
func (k *Keyring) busAddress() string {
	if k.Getenv == nil {
		return ""
	}
	if address := k.Getenv("DBUS_SESSION_BUS_ADDRESS"); address != "" {
		return address
	}
	if runtime := k.Getenv("XDG_RUNTIME_DIR"); runtime != "" {
		return "unix:path=" + filepath.Join(runtime, "bus")
	}
	return ""
}
