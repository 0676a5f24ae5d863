package sandbox

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const createWebhooks = `{"destination":{"name":"workspaces/acme/sources/js/destinations/webhooks"}}`

// A state file holds tokens and passwords: it is for its owner alone, also where it was there before.
func TestStateFileIsMadePrivate(t *testing.T) {
	t.Parallel()
	path := write(t, "state", "")
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	s := newSandbox(t, Options{StateFile: path, Tokens: []string{workspaceToken}})
	defer s.Close()
	api(s, workspaceToken, "POST", destinationsPath, createClearbrain)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v, want 0600", info.Mode(), err)
	}
}

// What is committed is answered as such, although the file could not be made smaller after it.
func TestFailedCompactionFailsNoChange(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state")
	o := Options{StateFile: path, Tokens: []string{workspaceToken}}
	s := newSandbox(t, o)
	j := s.store.journal
	api(s, workspaceToken, "POST", destinationsPath, createWebhooks) // opens the file
	j.full, j.path = 1, filepath.Join(t.TempDir(), "nosuch", "state")
	if w := api(s, workspaceToken, "POST", destinationsPath, createClearbrain); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if j.full <= j.size {
		t.Error("it is tried again with each change")
	}
	j.full, j.path = 1, path // and later it works
	before := j.size
	if w := api(s, workspaceToken, "GET", clearbrainPath, ""); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	api(s, workspaceToken, "DELETE", strings.Replace(clearbrainPath, "clearbrain", "webhooks", 1), "")
	if j.full == 1 || j.size >= before {
		t.Errorf("%d bytes, after %d", j.size, before)
	}
	killed(t, s)
	s = newSandbox(t, o)
	defer s.Close()
	if w := api(s, workspaceToken, "GET", clearbrainPath, ""); w.Code != 200 {
		t.Errorf("after a restart: %d %s", w.Code, w.Body)
	}
}

// A change that cannot be written is not made, and the next one that can be is.
func TestUnwrittenChangeIsNone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state")
	o := Options{StateFile: path, Tokens: []string{workspaceToken}}
	s := newSandbox(t, o)
	j := s.store.journal
	j.path += ".gone" // as after a compaction: the file is opened at the next change
	if w := api(s, workspaceToken, "POST", destinationsPath, createClearbrain); w.Code != 500 {
		t.Errorf("without its file: %d %s", w.Code, w.Body)
	}
	j.path = path
	if w := api(s, workspaceToken, "POST", destinationsPath, createWebhooks); w.Code != 200 {
		t.Errorf("with its file again: %d %s", w.Code, w.Body)
	}
	// A disk that was full has a part of a line on it.
	if _, err := j.file.WriteString(`{"changes":[{"na`); err != nil {
		t.Fatal(err)
	}
	j.torn = true
	if w := api(s, workspaceToken, "POST", destinationsPath, createClearbrain); w.Code != 200 {
		t.Errorf("after a part of a line: %d %s", w.Code, w.Body)
	}
	killed(t, s)
	s = newSandbox(t, o)
	defer s.Close()
	if w := api(s, workspaceToken, "GET", clearbrainPath, ""); w.Code != 200 {
		t.Errorf("after a restart: %d %s", w.Code, w.Body)
	}
}
