//go:build linux

package cmd

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/segctl/segctl/internal/install/postgres/pgtest"
)

// Whichever signal ends the demo, its PostgreSQL has ended as well, and no file is left.
func TestServeDemoRemovesAll(t *testing.T) {
	t.Parallel()
	pgtest.Database(t) // skips where there is no PostgreSQL
	for name, c := range map[string]struct {
		signals []syscall.Signal
		status  int
	}{
		"SIGTERM":      {[]syscall.Signal{syscall.SIGTERM}, 0},
		"SIGHUP":       {[]syscall.Signal{syscall.SIGHUP}, 0},
		"Ctrl-C twice": {[]syscall.Signal{syscall.SIGINT, syscall.SIGINT}, -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// The user that PostgreSQL runs as has to get there, and the path of a socket is short.
			folder, err := os.MkdirTemp("/tmp", "segctl-")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { os.RemoveAll(folder) })
			if err := os.Chmod(folder, 0o777); err != nil {
				t.Fatal(err)
			}
			demo := exec.CommandContext(t.Context(), "segctl", "serve", "--demo")
			demo.Env = append(os.Environ(), "TMPDIR="+folder, "HOME="+folder)
			out, err := demo.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			var said writer
			demo.Stderr = &said
			if err := demo.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(out)
			if !lines.Scan() || !strings.HasPrefix(lines.Text(), "Open http://127.0.0.1:") {
				t.Errorf("it said %q\n%s", lines.Text(), &said)
			}
			if servers(t, folder) == 0 {
				t.Error("no PostgreSQL runs in the demo's folder")
			}
			for _, s := range c.signals {
				if err := demo.Process.Signal(s); err != nil {
					t.Fatal(err)
				}
			}
			for lines.Scan() { // to the end
			}
			_ = demo.Wait()
			if got := demo.ProcessState.ExitCode(); got != c.status && c.status >= 0 {
				t.Errorf("exit status %d, want %d\n%s", got, c.status, &said)
			} else if c.status < 0 && got != 0 && got != 130 { // the second may come when all is done
				t.Errorf("exit status %d\n%s", got, &said)
			}
			if n := servers(t, folder); n > 0 {
				t.Errorf("%d processes of PostgreSQL are left", n)
			}
			if left, err := filepath.Glob(filepath.Join(folder, "*")); err != nil || len(left) > 0 {
				t.Errorf("left behind: %q, %v", left, err)
			}
		})
	}
}

// servers counts the PostgreSQL servers whose files are in a folder.
func servers(t *testing.T, folder string) int {
	t.Helper()
	found, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, path := range found {
		if line, err := os.ReadFile(path); err == nil && strings.Contains(string(line), "postgres") && strings.Contains(string(line), folder) {
			n++
		}
	}
	return n
}
