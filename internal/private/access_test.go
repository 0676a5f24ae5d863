//go:build !windows

package private

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

func TestEverythingIsPrivate(t *testing.T) {
	t.Parallel()
	top := filepath.Join(t.TempDir(), "state")
	f := Folder{filepath.Join(top, "secrets")}
	write(t, f, "a", "x")
	if _, err := f.Create(map[string][]byte{"b": nil}); err != nil {
		t.Fatal(err)
	}
	unlock, err := f.Lock(context.Background(), "lock", nil)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
	err = filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
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

// Ways to spoil a file or folder.
func link(path string) error {
	return errors.Join(os.Rename(path, path+"-elsewhere"), os.Symlink(path+"-elsewhere", path))
}

func chmod(mode fs.FileMode) func(string) error {
	return func(path string) error { return os.Chmod(path, mode) }
}

func chown(path string) error { return os.Lchown(path, 12345, 12345) }

func pipe(path string) error { return errors.Join(os.Remove(path), syscall.Mkfifo(path, 0o600)) }

func TestFilesThatAreNotOursAlone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, path string
		spoil      func(string) error
		kind       Kind
		root       bool
	}{
		{"file readable by others", "secrets/a", chmod(0o604), Exposed, false},
		{"file readable by the group", "secrets/a", chmod(0o640), Exposed, false},
		{"file linked", "secrets/a", link, NotRegular, false},
		{"file a pipe", "secrets/a", pipe, NotRegular, false},
		{"file owned by another", "secrets/a", chown, NotOwned, true},
		{"folder open to others", "secrets", chmod(0o755), Exposed, false},
		{"folder linked", "secrets", link, NotRegular, false},
		{"folder owned by another", "secrets", chown, NotOwned, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.root {
				need(t, os.Getuid() == 0, "root, to give a file away")
			}
			dir := t.TempDir()
			f := Folder{filepath.Join(dir, "secrets")}
			write(t, f, "a", "canary")
			path := filepath.Join(dir, c.path)
			if err := c.spoil(path); err != nil {
				t.Fatal(err)
			}
			_, err := f.Read("a")
			wantKind(t, err, c.kind, path)
			err = f.Each("", func(_ string, _ []byte, err error) error { return err })
			wantKind(t, err, c.kind, path)
			if strings.HasPrefix(c.name, "file") {
				return
			}
			_, err = f.Names()
			wantKind(t, err, c.kind, path)
			wantKind(t, f.Write("a", nil), c.kind, path)
			wantKind(t, f.Remove("a"), c.kind, path)
			_, err = f.Create(map[string][]byte{"b": nil})
			wantKind(t, err, c.kind, path)
		})
	}
}

func TestLocksThatAreNotOursAlone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, path string
		spoil      func(string) error
		kind       Kind
		root       bool
	}{
		{"folder writable by others", "locks", chmod(0o777), Exposed, false},
		{"folder linked", "locks", link, NotRegular, false},
		{"folder owned by another", "locks", chown, NotOwned, true},
		{"lock linked", "locks/lock", link, NotRegular, false},
		{"lock a pipe", "locks/lock", pipe, NotRegular, false},
		{"lock owned by another", "locks/lock", chown, NotOwned, true},
		{"lock writable by others", "locks/lock", chmod(0o666), Exposed, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.root {
				need(t, os.Getuid() == 0, "root, to give a file away")
			}
			dir := t.TempDir()
			f := Folder{filepath.Join(dir, "locks")}
			write(t, f, "lock", "")
			path := filepath.Join(dir, c.path)
			if err := c.spoil(path); err != nil {
				t.Fatal(err)
			}
			_, err := f.Lock(context.Background(), "lock", nil)
			wantKind(t, err, c.kind, path)
		})
	}
	// A configuration folder that others can look into is no danger to a lock.
	f := Folder{t.TempDir()}
	if err := os.Chmod(f.Path, 0o755); err != nil {
		t.Fatal(err)
	}
	unlock, err := f.Lock(context.Background(), "lock", nil)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}

// A link that someone puts where a secret will be written is replaced, not followed.
func TestWritingDoesNotFollowLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := Folder{filepath.Join(dir, "secrets")}
	write(t, f, "other", "x")
	target := filepath.Join(dir, "target")
	if err := os.WriteFile(target, []byte("untouched"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, filepath.Join(f.Path, "a")); err != nil {
		t.Fatal(err)
	}
	write(t, f, "a", "canary")
	if data, err := os.ReadFile(target); err != nil || string(data) != "untouched" {
		t.Errorf("the link was followed: %s, %v", data, err)
	}
	wantContent(t, f, "a", "canary")
}

func TestOwnedFiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spoil func(string) error
		kind  Kind // Failed: it is read
		root  bool
	}{
		{"readable by others", chmod(0o644), Failed, false},
		{"linked", link, Failed, false},
		{"writable by the group", chmod(0o620), Exposed, false},
		{"writable by others", chmod(0o602), Exposed, false},
		{"owned by another", chown, NotOwned, true},
		{"linked to another's", func(path string) error { return errors.Join(link(path), chown(path+"-elsewhere")) }, NotOwned, true},
		{"a pipe", pipe, NotRegular, false},
		{"a folder", func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) }, NotRegular, false},
		{"huge", func(path string) error { return os.Truncate(path, maxFile+1) }, TooLarge, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.root {
				need(t, os.Getuid() == 0, "root, to give a file away")
			}
			path := filepath.Join(t.TempDir(), "config.yaml")
			if err := os.WriteFile(path, []byte("a: 1\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := c.spoil(path); err != nil {
				t.Fatal(err)
			}
			data, err := ReadOwned(path)
			if c.kind != Failed {
				wantKind(t, err, c.kind, path)
			} else if err != nil || string(data) != "a: 1\n" {
				t.Errorf("%q, %v", data, err)
			}
		})
	}
	if _, err := ReadOwned(filepath.Join(t.TempDir(), "nosuch")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// A file with a secret in it is nobody else's to read, but for a group that root has handed it to.
func TestReadSecret(t *testing.T) {
	t.Parallel()
	for mode, ok := range map[fs.FileMode]bool{0o600: true, 0o400: true, 0o640: false, 0o604: false, 0o620: false, 0o644: false} {
		path := filepath.Join(t.TempDir(), "identity")
		if err := os.WriteFile(path, []byte("secret"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		data, err := ReadSecret(path)
		if !ok {
			wantKind(t, err, Exposed, path)
		} else if err != nil || string(data) != "secret" {
			t.Errorf("mode %o: %q, %v", mode, data, err)
		}
		if err := os.Symlink(path, path+".link"); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadSecret(path + ".link"); (err == nil) != ok {
			t.Errorf("mode %o, over a link: %v", mode, err)
		}
	}
	if _, err := ReadSecret(filepath.Join(t.TempDir(), "nosuch")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestReplace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	target, path := filepath.Join(dir, "dotfiles.yaml"), filepath.Join(dir, "config.yaml")
	left := filepath.Join(dir, ".dotfiles.yaml123456")
	for name, mode := range map[string]fs.FileMode{target: 0o644, left: 0o600, filepath.Join(dir, ".other1"): 0o600} {
		if err := os.WriteFile(name, []byte("old"), mode); err != nil {
			t.Fatal(err)
		}
		age(t, name)
	}
	if err := os.Symlink("dotfiles.yaml", path); err != nil {
		t.Fatal(err)
	}
	if err := Replace(path, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if to, err := os.Readlink(path); err != nil || to != "dotfiles.yaml" {
		t.Errorf("the link became %q, %v", to, err)
	}
	info, err := os.Stat(target)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v, %v", info.Mode(), err)
	}
	if data, err := ReadOwned(path); err != nil || string(data) != "new" {
		t.Errorf("%q, %v", data, err)
	}
	if found := dotFiles(t, dir); len(found) != 1 || found[0] != ".other1" {
		t.Errorf("of what was left half written, only what is ours is removed; there are %q", found)
	}
	fresh := filepath.Join(dir, "fresh.yaml")
	if err := Replace(fresh, []byte("x")); err != nil {
		t.Error(err)
	}
	if err := os.Remove(target); err != nil {
		t.Fatal(err)
	}
	wantKind(t, Replace(path, nil), NotRegular, path)
	if err := Replace(filepath.Join(dir, "nosuch", "config.yaml"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestFolderThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("/tmp", "segctl-refused")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	f := Folder{filepath.Join(dir, "locks")}
	write(t, f, "other", "")
	c := helper(t, f.Path)
	if os.Getuid() == 0 {
		// Root may write anywhere, so the folder is given to somebody, who also gets a copy of this program to run.
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
	if err := os.Chmod(f.Path, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(f.Path, 0o700) })
	c.Dir, c.Stderr = dir, nil
	out, err := c.CombinedOutput()
	want := "lock " + filepath.Join(f.Path, "lock") + ": " + Refused.String()
	if err == nil || !strings.HasPrefix(string(out), want) {
		t.Errorf("got %q, %v; want %q", out, err, want)
	}
}
