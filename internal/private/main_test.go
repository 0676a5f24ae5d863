package private

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
)

const helperVariable = "PRIVATE_TEST_HELPER"

// TestMain lets the test binary, started anew as another process, hold a lock: PRIVATE_TEST_HELPER names the folder.
func TestMain(m *testing.M) {
	if dir := os.Getenv(helperVariable); dir != "" {
		if err := holdLock(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// holdLock holds a lock until standard input ends.
func holdLock(dir string) error {
	unlock, err := Folder{dir}.Lock(context.Background(), "lock", nil)
	if err != nil {
		return err
	}
	defer unlock()
	fmt.Println("held")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

func helper(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self)
	c.Env = append(os.Environ(), helperVariable+"="+dir)
	c.Stderr = os.Stderr
	return c
}

// need skips a test that this machine cannot run, but not in CI, which can.
func need(t *testing.T, ok bool, what string) {
	t.Helper()
	if ok {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("missing: " + what)
	}
	t.Skip("missing: " + what)
}

func wantKind(t *testing.T, err error, kind Kind, path string) {
	t.Helper()
	var bad *Error
	if !errors.As(err, &bad) || bad.Kind != kind || bad.Path != path {
		t.Errorf("%v; want %v, about %s", err, kind, path)
	}
}

func write(t *testing.T, f Folder, name, data string) {
	t.Helper()
	if err := f.Write(name, []byte(data)); err != nil {
		t.Fatal(err)
	}
}

func wantContent(t *testing.T, f Folder, name, want string) {
	t.Helper()
	if data, err := f.Read(name); err != nil || string(data) != want {
		t.Errorf("%s holds %q, %v; want %q", name, data, err, want)
	}
}
