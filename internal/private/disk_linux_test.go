package private

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// smallDisk mounts a file system of 64 KiB.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k,mode=0700")
	need(t, err == nil, "the right to mount a small file system")
	t.Cleanup(func() {
		// Detached: a process that another test starts in this moment may hold a file of it until it runs its own program.
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func fill(t *testing.T, ballast string) {
	t.Helper()
	if err := os.WriteFile(ballast, make([]byte, 1<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk does not fill up: %v", err)
	}
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t)
	f := Folder{filepath.Join(dir, "secrets")}
	write(t, f, "a", "old")
	p, err := f.Prepare("a", 2000)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, filepath.Join(dir, "ballast"))
	// What was prepared has its room.
	if err := p.Commit(make([]byte, 2000)); err != nil {
		t.Error(err)
	}
	fill(t, filepath.Join(dir, "more")) // the room of the old file
	_, err = f.Prepare("b", 2000)
	wantKind(t, err, DiskFull, filepath.Join(f.Path, "b"))
	_, err = f.Create(map[string][]byte{"c": make([]byte, 2000)})
	wantKind(t, err, DiskFull, filepath.Join(f.Path, "c"))
	if left := dotFiles(t, f.Path); len(left) > 0 {
		t.Errorf("temporary files are left: %q", left)
	}
}

func TestReadOnlyDisk(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t)
	f := Folder{filepath.Join(dir, "secrets")}
	write(t, f, "a", "old")
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	_, err := f.Prepare("a", 1)
	wantKind(t, err, ReadOnly, filepath.Join(f.Path, "a"))
	_, err = f.Lock(context.Background(), "lock", nil)
	wantKind(t, err, ReadOnly, filepath.Join(f.Path, "lock"))
	wantKind(t, f.Remove("a"), ReadOnly, filepath.Join(f.Path, "a"))
	wantContent(t, f, "a", "old")
}
