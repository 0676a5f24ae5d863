package postgres_test

import (
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/installtest"
	"github.com/segctl/segctl/internal/install/postgres/pgtest"
)

// smallTablespace returns the folder of a tablespace on a file system of a few megabytes: a disk of its own for the tables,
// as the log would end the whole server.
func smallTablespace(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "segctl-pgtest-") // the server's user must get there
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	mountErr := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=12m,mode=0700")
	if mountErr != nil && os.Getenv("CI") != "true" {
		t.Skip("missing: the right to mount a small file system")
	}
	if mountErr != nil {
		t.Fatal(mountErr)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	u, err := user.Lookup("postgres")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	return dir
}

// On a disk that fills up, a renewal either ends before the old token is killed, or its new token is kept.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := smallTablespace(t)
	c := pgtest.Cluster(t)
	ask(t, c.URL(), "CREATE TABLESPACE small LOCATION '"+dir+"'")
	db, err := c.Database(t.Context(), "segctl")
	if err != nil {
		t.Fatal(err)
	}
	ask(t, c.URL(), "ALTER DATABASE segctl SET TABLESPACE small")
	s := pgtest.Store(t, db)
	installtest.Put(t, s, installtest.Named(t, "installs/7"))
	// Nothing is cleared away meanwhile, and what is left of the disk is taken but for a few pages.
	ask(t, db, "ALTER TABLE segctl_installs SET (autovacuum_enabled = off, toast.autovacuum_enabled = off)")
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 1<<26), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk does not fill up: %v", err)
	}
	full, err := os.Stat(ballast)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(ballast, full.Size()-1<<17); err != nil {
		t.Fatal(err)
	}
	kept := installtest.Named(t, "installs/7").Token
	for n := 0; ; n++ {
		killed, token := false, "token-"+strconv.Itoa(n)
		err := s.Update(t.Context(), "7", with(token, func() { killed = true }))
		if err == nil {
			kept = token
			continue
		}
		if got := kindOf(t, err); got != install.DiskFull {
			t.Fatalf("after %d renewals: %v", n, err)
		}
		if killed {
			t.Errorf("after %d renewals the old token was killed for one that cannot be kept: %v", n, err)
		}
		if n == 0 {
			t.Error("the disk was full before the first renewal")
		}
		break
	}
	wantToken(t, s, kept)
	if err := s.Probe(t.Context()); kindOf(t, err) != install.DiskFull {
		t.Errorf("Probe: %v", err)
	}
	if err := s.Add(t.Context(), many(t, 500)); kindOf(t, err) != install.DiskFull {
		t.Errorf("Add: %v", err)
	}
	if got := strings.Join(installtest.List(t, s), " "); got != "installs/7" {
		t.Errorf("there are %s", got)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), "7", with("after", nil)); err != nil {
		t.Error(err)
	}
	wantToken(t, s, "after")
}
