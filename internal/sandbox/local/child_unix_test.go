//go:build unix

package local

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestRunStatus(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	plain, empty := filepath.Join(folder, "plain"), filepath.Join(folder, "empty")
	if err := os.WriteFile(plain, []byte("#!/bin/sh\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args   []string
		exit   int
		failed bool
	}{
		"done":             {[]string{"sh", "-c", "exit 0"}, 0, false},
		"failed":           {[]string{"sh", "-c", "exit 7"}, 7, false},
		"killed":           {[]string{"sh", "-c", "kill -KILL $$"}, 128 + 9, false},
		"terminated":       {[]string{"sh", "-c", "kill -TERM $$"}, 128 + 15, false},
		"not in PATH":      {[]string{"no-such-program-anywhere"}, 127, true},
		"no such file":     {[]string{filepath.Join(folder, "nosuch")}, 127, true},
		"not executable":   {[]string{plain}, 126, true},
		"a folder instead": {[]string{empty}, 126, true},
	} {
		exit, err := Run(t.Context(), c.args, os.Environ(), Streams{Out: io.Discard, Err: io.Discard})
		if exit != c.exit || (err != nil) != c.failed {
			t.Errorf("%s: status %d, %v; want %d", name, exit, err, c.exit)
		}
		if err != nil && strings.Count(err.Error(), filepath.Base(c.args[0])) != 1 {
			t.Errorf("%s: %q names the command more than once", name, err)
		}
	}
}

// A command gets its environment and streams, and no more of the environment of this process.
func TestRunStreams(t *testing.T) {
	t.Parallel()
	var out, said strings.Builder
	streams := Streams{In: strings.NewReader("in"), Out: &out, Err: &said}
	exit, err := Run(t.Context(), []string{"/bin/sh", "-c", `read -r line; echo "$line $OWN ${HOME:-none}"; echo said >&2`}, []string{"OWN=own"}, streams)
	if exit != 0 || err != nil || out.String() != "in own none\n" || said.String() != "said\n" {
		t.Errorf("%d, %v: out %q, err %q", exit, err, out.String(), said.String())
	}
}

func TestRunStartsNothingAfterInterrupt(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	mark := filepath.Join(t.TempDir(), "mark")
	if _, err := Run(ctx, []string{"touch", mark}, os.Environ(), Streams{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the interrupt", err)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("the command ran")
	}
}

// TestRunPassesOnSignals sends its own process SIGTERM, which reaches the command; then SIGINT, which does not, since a
// terminal sends that to the command itself. It is not parallel to keep other tests' commands out of it: they would get
// the SIGTERM as well.
func TestRunPassesOnSignals(t *testing.T) { //nolint:paralleltest // it sends signals to this whole process
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	type result struct {
		exit int
		err  error
	}
	done := make(chan result, 1)
	go func() {
		script := `trap 'echo interrupted' INT; trap 'echo terminated; exit 3' TERM; echo ready; for i in $(seq 500); do sleep 0.01; done`
		exit, err := Run(t.Context(), []string{"sh", "-c", script}, os.Environ(), Streams{Out: w, Err: w})
		w.Close()
		done <- result{exit, err}
	}()
	lines := bufio.NewScanner(r)
	if !lines.Scan() || lines.Text() != "ready" {
		t.Fatalf("the command said %q", lines.Text())
	}
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		if err := syscall.Kill(os.Getpid(), s); err != nil {
			t.Fatal(err)
		}
	}
	var said []string
	for lines.Scan() {
		said = append(said, lines.Text())
	}
	if got := <-done; got.exit != 3 || got.err != nil || strings.Join(said, " ") != "terminated" {
		t.Errorf("status %d, %v, and the command said %q", got.exit, got.err, said)
	}
}
