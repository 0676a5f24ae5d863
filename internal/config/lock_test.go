package config

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestConcurrentSetsLoseNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const writers = 24
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			s, err := Load(Options{Dir: dir, Profile: fmt.Sprintf("p%d", i), NewProfile: true})
			if err == nil {
				err = s.Set(t.Context(), "client_id", fmt.Sprintf("id%d", i))
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i := range writers {
		s := load(t, Options{Dir: dir, Profile: fmt.Sprintf("p%d", i)})
		if got, want := s.Get("client_id"), fmt.Sprintf("id%d", i); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestLeftoversAreRemoved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	left := filepath.Join(dir, ".config.yaml12345")
	writeFile(t, left, "half")
	hourAgo := time.Now().Add(-time.Hour)
	if err := os.Chtimes(left, hourAgo, hourAgo); err != nil {
		t.Fatal(err)
	}
	if err := load(t, Options{Dir: dir}).Set(t.Context(), "profile", "a"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("what a killed process left is still there")
	}
}

// A lock that is a link would let its maker have any file of ours opened, or made, for writing.
func TestLockFollowsNoLink(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("making links needs a privilege")
	}
	dir := t.TempDir()
	target := filepath.Join(t.TempDir(), "made")
	if err := os.Symlink(target, filepath.Join(dir, ".config.lock")); err != nil {
		t.Fatal(err)
	}
	err := load(t, Options{Dir: dir}).Set(t.Context(), Scope, "workspace")
	if e, ok := errors.AsType[*Error](err); !ok || e.File != filepath.Join(dir, ".config.lock") {
		t.Errorf("got %v", err)
	}
	for _, path := range []string{target, File(dir)} {
		if _, err := os.Lstat(path); err == nil {
			t.Errorf("%s was made", path)
		}
	}
}

// The folder itself may be a link into a folder of dotfiles, but nobody else may be able to write it.
func TestFolderOfDotfiles(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("making links needs a privilege")
	}
	target, dir := t.TempDir(), filepath.Join(t.TempDir(), "segctl")
	if err := os.Symlink(target, dir); err != nil {
		t.Fatal(err)
	}
	if err := load(t, Options{Dir: dir}).Set(t.Context(), Scope, "workspace"); err != nil {
		t.Error(err)
	}
	if err := os.Chmod(target, 0o777); err != nil {
		t.Fatal(err)
	}
	err := load(t, Options{Dir: dir}).Set(t.Context(), Scope, "workspace:read")
	if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Msg, "chmod go-w") {
		t.Errorf("got %v", err)
	}
}

func TestWaitForTheLockEnds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := load(t, Options{Dir: dir})
	unlock, err := lock(t.Context(), s.File)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err = s.Set(ctx, Scope, "workspace")
	if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Msg, "another process") {
		t.Errorf("got %v", err)
	}
}
