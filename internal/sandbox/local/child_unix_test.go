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
	for name, text := range map[string]string{"lost": "#!/no/such/interpreter\n", "binary": "\x00"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o700); err != nil { //nolint:gosec // it is to be executed
			t.Fatal(err)
		}
	}
	environment := append(os.Environ(), "PATH="+filepath.Join(folder, "nosuch")+":"+folder)
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
		"no interpreter":   {[]string{filepath.Join(folder, "lost")}, 126, true},
		"no program":       {[]string{filepath.Join(folder, "binary")}, 126, true},
		// As POSIX has it: a name that is found, but is no program.
		"not executable, in PATH": {[]string{"plain"}, 126, true},
		"a folder, in PATH":       {[]string{"empty"}, 127, true},
	} {
		exit, err := Run(t.Context(), c.args, environment, Streams{Out: io.Discard, Err: io.Discard})
		if exit != c.exit || (err != nil) != c.failed {
			t.Errorf("%s: status %d, %v; want %d", name, exit, err, c.exit)
		}
		if err != nil && strings.Count(err.Error(), filepath.Base(c.args[0])) != 1 && name != "not executable, in PATH" {
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

// TestRunPassesOnSignals sends its own process signals, which reach the command; but for those that a terminal sends to the
// command itself, where there is one. It is not parallel to keep other tests' commands out of it: they would get the
// signals as well.
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
		script := `trap 'echo hung up' HUP; trap 'echo interrupted' INT; trap 'echo quit' QUIT; trap 'echo terminated; exit 3' TERM; echo ready; for i in $(seq 500); do sleep 0.01; done`
		exit, err := Run(t.Context(), []string{"sh", "-c", script}, os.Environ(), Streams{Out: w, Err: w})
		w.Close()
		done <- result{exit, err}
	}()
	lines := bufio.NewScanner(r)
	if !lines.Scan() || lines.Text() != "ready" {
		t.Fatalf("the command said %q", lines.Text())
	}
	signals := []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM}
	answers := []string{"hung up", "interrupted", "quit", "terminated"}
	typed := controlling()
	defer typed.close()
	if typed.hasForeground() {
		signals, answers = []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGHUP, syscall.SIGTERM}, []string{"", "", "hung up", "terminated"}
	}
	for i, s := range signals {
		if err := syscall.Kill(os.Getpid(), s); err != nil {
			t.Fatal(err)
		}
		if answers[i] != "" && (!lines.Scan() || lines.Text() != answers[i]) {
			t.Errorf("after %s the command said %q", s, lines.Text())
		}
	}
	if lines.Scan() {
		t.Errorf("the command said %q as well", lines.Text())
	}
	if got := <-done; got.exit != 3 || got.err != nil {
		t.Errorf("status %d, %v", got.exit, got.err)
	}
}
