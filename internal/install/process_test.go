package install

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/wire"
)

func TestManyProcessesRefreshOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	counter := filepath.Join(dir, "refreshes")
	put(t, openFiles(dir), installed(t, "old", time.Now().Add(-2*time.Hour)))
	tokens := swarm(t, 4, 64, "files", dir, counter)
	refreshes := lines(t, counter)
	if len(refreshes) != 1 {
		t.Fatalf("%d refreshes, want exactly 1", len(refreshes))
	}
	if len(tokens) != 4*64 {
		t.Errorf("%d sessions got a token, want %d", len(tokens), 4*64)
	}
	for _, token := range tokens {
		if token != refreshes[0] {
			t.Errorf("a session got %q, want %q", token, refreshes[0])
		}
	}
}

// helpUpdates refreshes installs/7, and makes and removes installs/8, until it is killed. Arguments: folder, file that
// every token is written to as it is issued.
func helpUpdates(args []string) error {
	store := openFiles(args[0])
	ctx := context.Background()
	fmt.Println("ready")
	for n := 0; ; n++ {
		err := store.Update(ctx, "installs/7", func(old *Install) (*Install, error) {
			if old == nil {
				return nil, errors.New("installs/7 is lost")
			}
			token := fmt.Sprintf("token-%d-%d", os.Getpid(), n)
			if err := appendLine(args[1], token); err != nil {
				return nil, err
			}
			i, err := old.Renewed(wire.Grant{AccessToken: token, Lifetime: time.Hour}, time.Now())
			return &i, err
		})
		if err != nil {
			return err
		}
		err = store.Update(ctx, "installs/8", func(old *Install) (*Install, error) {
			if old != nil {
				return nil, nil
			}
			g := grant("eight")
			g.InstallName = "installs/8"
			i, err := New(g, binding(), time.Now())
			return &i, err
		})
		if err != nil {
			return err
		}
	}
}

func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	issued := filepath.Join(dir, "issued")
	store := openFiles(dir)
	put(t, store, installed(t, "first", time.Now()))
	if err := appendLine(issued, "first"); err != nil {
		t.Fatal(err)
	}
	temporary := 0
	for n := range 120 {
		c := helper(t, "updates", dir, issued)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if !bufio.NewScanner(out).Scan() {
			t.Fatal("the helper did not start")
		}
		time.Sleep(time.Duration(rand.Int64N(int64(15 * time.Millisecond)))) // the moment is random by design
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := c.Wait(); err == nil || c.ProcessState.Exited() {
			t.Fatalf("the helper ended by itself: %v", err)
		}
		temporary += len(temporaries(t, dir))
		checkAfterKill(t, store, issued)
		if t.Failed() {
			t.Fatalf("after %d kills", n+1)
		}
	}
	for _, name := range temporaries(t, dir) {
		then := time.Now().Add(-time.Hour)
		if err := os.Chtimes(filepath.Join(dir, name), then, then); err != nil {
			t.Fatal(err)
		}
	}
	list(t, store)
	if left := temporaries(t, dir); len(left) > 0 {
		t.Errorf("temporary files are left for good: %q", left)
	}
	t.Logf("%d temporary files were left behind and cleared away", temporary)
}

// checkAfterKill wants every record readable, with a token that was issued, and no lock held.
func checkAfterKill(t *testing.T, store Store, issued string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	listed := list(t, store)
	if !slices.Contains(listed, "installs/7") {
		t.Errorf("installs/7 is lost; there are %q", listed)
	}
	for _, name := range listed {
		i, err := store.Get(ctx, name)
		if err != nil {
			t.Error(err)
		}
		if name == "installs/7" && !slices.Contains(lines(t, issued), i.Token) {
			t.Errorf("the token %q was never issued", i.Token)
		}
	}
	if current, err := store.Current(ctx); err != nil || current != "installs/7" {
		t.Errorf("current: %q, %v; want installs/7", current, err)
	}
	err := store.Update(ctx, "installs/7", func(old *Install) (*Install, error) {
		i, err := old.Renewed(wire.Grant{AccessToken: "after-the-kill", Lifetime: time.Hour}, time.Now())
		return &i, err
	})
	if err != nil {
		t.Error(err)
	}
	if err := appendLine(issued, "after-the-kill"); err != nil {
		t.Error(err)
	}
	// An install comes and goes.
	g := grant("nine")
	g.InstallName = "installs/9"
	nine, err := New(g, binding(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []*Install{&nine, nil} {
		if err := store.Update(ctx, "installs/9", func(*Install) (*Install, error) { return i, nil }); err != nil {
			t.Error(err)
		}
	}
}

func temporaries(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	for _, sub := range []string{"installs/default", "secrets", "locks"} {
		entries, err := os.ReadDir(filepath.Join(dir, sub))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), ".") {
				found = append(found, filepath.Join(sub, e.Name()))
			}
		}
	}
	return found
}
