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
	const secret, index = "secrets/default+installs+7", "installs/default.json"
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
		{"index readable by others", index, chmod(0o644), Exposed, false},
		{"index linked", index, link, NotRegular, false},
		{"index owned by another", index, chown, NotOwned, true},
		{"index folder linked", "installs", link, NotRegular, false},
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

// A link that someone puts where a secret will be written is replaced, not followed.
func TestWritingDoesNotFollowLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	v := Files{Dir: dir}
	ctx := context.Background()
	if err := v.Set(ctx, "default/other", []byte("x")); err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(dir, "target")
	if err := os.WriteFile(target, []byte("untouched"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, filepath.Join(dir, "secrets", "default+client_secret")); err != nil {
		t.Fatal(err)
	}
	if err := v.Set(ctx, "default/client_secret", []byte("canary")); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(target); err != nil || string(data) != "untouched" {
		t.Errorf("the link was followed: %s, %v", data, err)
	}
	if data, err := v.Get(ctx, "default/client_secret"); err != nil || string(data) != "canary" {
		t.Errorf("Get: %s, %v", data, err)
	}
}

func TestTemporaryFilesAreCleared(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	v := Files{Dir: dir}
	ctx := context.Background()
	if err := v.Set(ctx, "default/a", []byte("x")); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(dir, "secrets", ".default+installs+75577006791947779410")
	if err := os.WriteFile(left, []byte(`{"v":1,"na`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := v.Set(ctx, "default/b", []byte("y")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what a killed process left is still there: %v", err)
	}
	if err := v.Delete(ctx, "default/a"); err != nil {
		t.Error(err)
	}
	if err := v.Delete(ctx, "default/a"); !errors.Is(err, ErrNotFound) {
		t.Errorf("removing it again: %v", err)
	}
}

func TestAccountsHaveFilesOfTheirOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, account := range []string{"a/b", "A/b", "a+b", "a%2bb", "../b", "..%2fb", ".b", "b", "a/installs/7", "a/client_secret", "é/x", ""} {
		name := strings.ToLower(fileName(account))
		if other, taken := seen[name]; taken {
			t.Errorf("%q and %q are both kept in %s", account, other, name)
		}
		if strings.HasPrefix(name, ".") || strings.ContainsAny(name, "/\\:") {
			t.Errorf("%q is kept in %s", account, name)
		}
		seen[name] = account
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
