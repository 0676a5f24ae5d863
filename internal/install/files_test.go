//go:build !windows

package install

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestFilesArePrivate(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state", "segctl")
	s := openFiles(dir)
	put(t, s, named(t, "installs/7"))
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s is %v, want %v", path, info.Mode().Perm(), want)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// spoil does something to a store's files; reading and changing the install must then fail with the kind.
func TestFilesThatAreNotOursAlone(t *testing.T) {
	t.Parallel()
	const secret, card = "secrets/default+installs+7", "installs/default/installs+7.json"
	link := func(path string) error {
		if err := os.Rename(path, path+"-elsewhere"); err != nil {
			return err
		}
		return os.Symlink(path+"-elsewhere", path)
	}
	chmod := func(mode fs.FileMode) func(string) error {
		return func(path string) error { return os.Chmod(path, mode) }
	}
	chown := func(path string) error { return os.Lchown(path, 12345, 12345) }
	pipe := func(path string) error { return errors.Join(os.Remove(path), syscall.Mkfifo(path, 0o600)) }
	for _, c := range []struct {
		name, path string
		spoil      func(string) error
		kind       Kind
		root       bool
	}{
		{"secret readable by others", secret, chmod(0o644), Exposed, false},
		{"secret readable by the group", secret, chmod(0o640), Exposed, false},
		{"secret linked", secret, link, NotRegular, false},
		{"secret a pipe", secret, pipe, NotRegular, false},
		{"secret owned by another", secret, chown, NotOwned, true},
		{"secrets open to others", "secrets", chmod(0o755), Exposed, false},
		{"secrets linked", "secrets", link, NotRegular, false},
		{"secrets owned by another", "secrets", chown, NotOwned, true},
		{"card readable by others", card, chmod(0o644), Exposed, false},
		{"card linked", card, link, NotRegular, false},
		{"card owned by another", card, chown, NotOwned, true},
		{"folder of cards linked", "installs/default", link, NotRegular, false},
		{"locks linked", "locks", link, NotRegular, false},
		{"locks open to others", "locks", chmod(0o777), Exposed, false},
		{"lock linked", "locks/default+installs+7", link, NotRegular, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.root {
				need(t, os.Getuid() == 0, "root, to give a file away")
			}
			dir := t.TempDir()
			s := openFiles(dir)
			put(t, s, installed(t, "canary", noon))
			path := filepath.Join(dir, c.path)
			if err := c.spoil(path); err != nil {
				t.Fatal(err)
			}
			err := s.Update(context.Background(), "7", func(old *Install) (*Install, error) {
				t.Error("a token may have been refreshed that cannot be saved")
				return old, nil
			})
			var bad *StoreError
			if !errors.As(err, &bad) || bad.Kind != c.kind || bad.Path != path {
				t.Errorf("Update: %v", err)
			}
			if err != nil && strings.Contains(err.Error(), "canary") {
				t.Errorf("the token shows: %v", err)
			}
			if !strings.HasPrefix(c.path, "secrets") {
				return
			}
			if _, err := s.Get(context.Background(), "7"); !errors.As(err, &bad) || bad.Kind != c.kind || bad.Path != path {
				t.Errorf("Get: %v", err)
			}
		})
	}
}

func TestTemporaryFilesAreCleared(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openFiles(dir)
	put(t, s, named(t, "installs/7"))
	for _, left := range []string{"secrets/.default+installs+75577006791947779410", "installs/default/.installs+7.json1"} {
		path, then := filepath.Join(dir, left), time.Now().Add(-time.Hour)
		if err := os.WriteFile(path, []byte(`{"v":1,"na`), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, then, then); err != nil {
			t.Fatal(err)
		}
	}
	if names := list(t, s); len(names) != 1 {
		t.Errorf("listed: %q", names)
	}
	if left := temporaries(t, dir); len(left) > 0 {
		t.Errorf("what a killed process left is still there: %q", left)
	}
}

func TestFolderThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("/tmp", "segctl-refused")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	v := Files{Dir: dir}
	if err := v.Set(context.Background(), "default/other", []byte("x")); err != nil {
		t.Fatal(err)
	}
	secrets := filepath.Join(dir, "secrets")
	c := helper(t, "refused", dir)
	if os.Getuid() == 0 {
		// Root may write anywhere, so the store is given to somebody, who also gets a copy of this program to run.
		self := filepath.Join(dir, "self")
		if out, err := exec.Command("cp", c.Path, self).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if out, err := exec.Command("chown", "-R", "65534:65534", dir).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		c.Path = self
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	if err := os.Chmod(secrets, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(secrets, 0o700) })
	c.Dir = dir
	out, err := c.Output()
	if want := Refused.String() + " " + filepath.Join(secrets, "default+client_secret"); err != nil || string(out) != want {
		t.Errorf("got %q, %v; want %q", out, err, want)
	}
}
