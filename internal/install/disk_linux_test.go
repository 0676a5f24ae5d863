package install

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/wire"
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

func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t)
	store, from, c := openFiles(dir), &issuer{}, &clock{now: noon}
	put(t, store, installed(t, "old", noon.Add(-2*time.Hour)))
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 1<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk does not fill up: %v", err)
	}
	if _, err := renewer(store, from, c).Token(context.Background(), ""); !isKind(err, DiskFull) {
		t.Errorf("Token: %v", err)
	}
	if from.issued != 0 {
		t.Error("the old token was killed for one that cannot be saved")
	}
	if i, err := store.Get(context.Background(), "7"); err != nil || i.Token != "old" {
		t.Errorf("the record is torn: %q, %v", i.Token, err)
	}
	if left := temporaries(t, dir); len(left) > 0 {
		t.Errorf("temporary files are left: %q", left)
	}
	if err := store.Probe(context.Background()); !isKind(err, DiskFull) {
		t.Errorf("Probe: %v", err)
	}
	eight := named(t, "installs/8")
	if err := store.Update(context.Background(), "8", func(*Install) (*Install, error) { return &eight, nil }); !isKind(err, DiskFull) {
		t.Errorf("a new install: %v", err)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	from.want(t, renewer(store, from, c), "", "token-1", 1)
	from.want(t, renewer(store, from, c), "", "token-1", 1)
}

// The disk fills up while the server answers: there is room for the new token all the same.
func TestDiskThatFillsUpMeanwhile(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t)
	store, from, c := openFiles(dir), &issuer{}, &clock{now: noon}
	put(t, store, installed(t, "old", noon.Add(-2*time.Hour)))
	r := renewer(store, from, c)
	r.Refresh = func(ctx context.Context, name string) (wire.Grant, error) {
		if err := os.WriteFile(filepath.Join(dir, "ballast"), make([]byte, 1<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("the disk does not fill up: %v", err)
		}
		g, err := from.refresh(ctx, name)
		for len(g.AccessToken) < 1000 {
			g.AccessToken += "-long"
		}
		return g, err
	}
	token, err := r.Token(context.Background(), "")
	if err != nil || r.Unsaved() != nil {
		t.Errorf("%v, %v", err, r.Unsaved())
	}
	from.want(t, renewer(store, from, c), "", token, 1)
}

func TestReadOnlyDisk(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t)
	store, from, c := openFiles(dir), &issuer{}, &clock{now: noon}
	put(t, store, installed(t, "old", noon))
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	from.want(t, renewer(store, from, c), "", "old", 0)
	c.move(2 * time.Hour)
	if _, err := renewer(store, from, c).Token(context.Background(), ""); !isKind(err, ReadOnly) {
		t.Errorf("Token: %v", err)
	}
	if from.issued != 0 {
		t.Error("the old token was killed for one that cannot be saved")
	}
	if names := list(t, store); len(names) != 1 {
		t.Errorf("listed: %q", names)
	}
	if err := store.Probe(context.Background()); !isKind(err, ReadOnly) {
		t.Errorf("Probe: %v", err)
	}
}
