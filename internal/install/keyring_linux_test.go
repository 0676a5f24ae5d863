package install

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// inSession says that this process runs on a D-Bus session of its own, with an unlocked gnome-keyring.
const inSession = "INSTALL_TEST_SESSION"

func TestRealKeyring(t *testing.T) {
	if os.Getenv(inSession) != "" {
		t.Run("keeps", testRealKeyring)
		t.Run("many processes", testRealKeyringSwarm)
		t.Run("locked", testLockedKeyring) // last: it stays locked
		return
	}
	t.Parallel()
	for _, tool := range []string{"dbus-run-session", "gnome-keyring-daemon", "secret-tool"} {
		_, err := exec.LookPath(tool)
		need(t, err == nil, tool)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, "run"), 0o700); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("dbus-run-session", "--", "sh", "-c",
		`echo | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$@"`, "sh",
		self, "-test.run=^TestRealKeyring$", "-test.v")
	c.Env = append(os.Environ(), inSession+"=1", "HOME="+home, "XDG_DATA_HOME="+home, "XDG_RUNTIME_DIR="+home+"/run", "DISPLAY=", "WAYLAND_DISPLAY=")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for _, name := range []string{"keeps", "many_processes", "locked"} {
		if !strings.Contains(string(out), "--- PASS: TestRealKeyring/"+name) {
			t.Errorf("%q did not pass:\n%s", name, out)
		}
	}
}

func lookUp(account string) string {
	out, _ := exec.Command("secret-tool", "lookup", "service", "segctl", "username", account).Output()
	return string(out)
}

func testRealKeyring(t *testing.T) {
	ctx := context.Background()
	s := Open(t.TempDir(), "default", &Keyring{Getenv: os.Getenv}, nil)
	if _, err := s.Get(ctx, "7"); !errors.Is(err, ErrNotFound) {
		t.Fatalf("an empty keyring: %v", err)
	}
	put(t, s, installed(t, "first", noon))
	put(t, s, installed(t, "second", noon))
	if i, err := s.Get(ctx, "7"); err != nil || i.Token != "second" {
		t.Errorf("Get: %q, %v", i.Token, err)
	}
	if seen := lookUp("default/installs/7"); !strings.Contains(seen, `"token":"second"`) {
		t.Errorf("secret-tool sees %q", seen)
	}
	remove(t, s, "7")
	if seen := lookUp("default/installs/7"); seen != "" {
		t.Errorf("after the removal, secret-tool sees %q", seen)
	}
}

func testRealKeyringSwarm(t *testing.T) {
	dir := t.TempDir()
	counter := filepath.Join(dir, "refreshes")
	put(t, openVault("keyring", dir), installed(t, "old", time.Now().Add(-2*time.Hour)))
	tokens := swarm(t, 4, 8, "keyring", dir, counter)
	refreshes := lines(t, counter)
	if len(refreshes) != 1 || len(tokens) != 32 {
		t.Fatalf("%d refreshes for %d sessions, want 1 for 32", len(refreshes), len(tokens))
	}
	for _, token := range tokens {
		if token != refreshes[0] {
			t.Errorf("a session got %q, want %q", token, refreshes[0])
		}
	}
}

func testLockedKeyring(t *testing.T) {
	bus, err := dbus.SessionBus()
	if err != nil {
		t.Fatal(err)
	}
	secrets := bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
	login := []dbus.ObjectPath{"/org/freedesktop/secrets/collection/login"}
	if err := secrets.Call("org.freedesktop.Secret.Service.Lock", 0, login).Err; err != nil {
		t.Fatal(err)
	}
	k := &Keyring{Getenv: os.Getenv}
	_, reading := k.Get(context.Background(), "default/installs/7")
	writing := k.Set(context.Background(), "default/installs/7", []byte("canary"))
	for _, err := range []error{reading, writing} {
		// With no screen to ask on, gnome-keyring gives up; with one that nobody looks at, it waits.
		if !isKind(err, Locked) && !isKind(err, Slow) {
			t.Errorf("%v", err)
		}
		t.Log(err)
	}
}

func TestNoSessionBus(t *testing.T) {
	t.Parallel()
	empty := t.TempDir()
	for name, env := range map[string]map[string]string{
		"nothing set":   {},
		"no socket":     {"XDG_RUNTIME_DIR": empty},
		"missing there": {"XDG_RUNTIME_DIR": filepath.Join(empty, "nosuch")},
	} {
		k := &Keyring{Getenv: func(key string) string { return env[key] }}
		if _, err := k.Get(context.Background(), "default/installs/7"); !isKind(err, Absent) {
			t.Errorf("%s: %v", name, err)
		}
	}
	run := t.TempDir()
	bus, err := net.Listen("unix", filepath.Join(run, "bus"))
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	for name, env := range map[string]map[string]string{
		"address": {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nosuch"},
		"socket":  {"XDG_RUNTIME_DIR": run},
	} {
		if err := reachable(func(key string) string { return env[key] }); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeyringErrorsByName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]Kind{
		"org.freedesktop.DBus.Error.ServiceUnknown":        Absent,
		"org.freedesktop.DBus.Error.Spawn.ServiceNotValid": Absent,
		"org.freedesktop.Secret.Error.IsLocked":            Locked,
		"org.freedesktop.DBus.Error.AccessDenied":          Refused,
		"org.freedesktop.DBus.Error.NoReply":               Slow,
		"org.freedesktop.DBus.Error.InvalidArgs":           Failed,
	} {
		if got := keyringKind(dbus.Error{Name: name}); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if _, err := net.Dial("unix", filepath.Join(t.TempDir(), "nosuch")); keyringKind(err) != Absent {
		t.Errorf("%v is %v", err, keyringKind(err))
	}
}
