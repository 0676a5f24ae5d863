//go:build linux

package cmd

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// trapping is a command that says which signals it gets, and ends at SIGTERM and SIGHUP.
const trapping = `exec 2>/dev/null # the shell tells of its sleep
trap 'echo interrupted' INT; trap 'echo quit' QUIT; trap 'echo terminated; exit 3' TERM; trap 'echo hung up; exit 4' HUP
echo ready; while :; do sleep 0.05; done`

// runTrapping starts `segctl sandbox run --intercept` with that command, in a session of its own, and returns it when the
// command is ready. folder is where its temporary files are.
func runTrapping(t *testing.T, terminal *os.File) (c *exec.Cmd, lines *bufio.Scanner, folder string) {
	t.Helper()
	folder = t.TempDir()
	c = exec.Command("segctl", "sandbox", "run", "--intercept", "--", "sh", "-c", trapping)
	c.Env = append(os.Environ(), "TMPDIR="+folder)
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { out.Close() })
	if err := out.SetReadDeadline(time.Now().Add(time.Minute)); err != nil { // a test that fails does not wait for ever
		t.Fatal(err)
	}
	c.Stdout, c.Stderr = in, in
	if terminal != nil {
		c.Stdin = terminal
		c.SysProcAttr.Setctty = true
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	in.Close()
	t.Cleanup(func() { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }) // the command too
	lines = bufio.NewScanner(out)
	says(t, lines, "ready")
	return c, lines, folder
}

func says(t *testing.T, lines *bufio.Scanner, want string) {
	t.Helper()
	if !lines.Scan() || lines.Text() != want {
		t.Fatalf("the command said %q, want %q", lines.Text(), want)
	}
}

// ends wants that nothing more is said, a status, and no file left behind.
func ends(t *testing.T, c *exec.Cmd, lines *bufio.Scanner, folder string, status int) {
	t.Helper()
	if lines.Scan() {
		t.Errorf("it said %q as well", lines.Text())
	}
	_ = c.Wait()
	if got := c.ProcessState.ExitCode(); got != status {
		t.Errorf("exit status %d, want %d", got, status)
	}
	left, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}

// A signal for segctl alone is passed on, also the one that most programs end at.
func TestSandboxRunPassesOnSignals(t *testing.T) {
	t.Parallel()
	for _, last := range []struct {
		signal syscall.Signal
		says   string
		status int
	}{{syscall.SIGTERM, "terminated", 3}, {syscall.SIGHUP, "hung up", 4}} {
		c, lines, folder := runTrapping(t, nil)
		for _, s := range []struct {
			signal syscall.Signal
			says   string
		}{{syscall.SIGINT, "interrupted"}, {syscall.SIGQUIT, "quit"}, {last.signal, last.says}} {
			if err := c.Process.Signal(s.signal); err != nil {
				t.Fatal(err)
			}
			says(t, lines, s.says)
		}
		ends(t, c, lines, folder, last.status)
	}
}

// What is typed at a terminal reaches the command once, and when the terminal goes all is cleaned up.
func TestSandboxRunAtTerminal(t *testing.T) {
	t.Parallel()
	keyboard, terminal := openTerminal(t)
	c, lines, folder := runTrapping(t, terminal)
	terminal.Close()
	for range 10 { // the system makes one of two signals that come while the command does not run
		for key, want := range map[string]string{"\x03": "interrupted", "\x1c": "quit"} {
			if _, err := keyboard.WriteString(key); err != nil {
				t.Fatal(err)
			}
			says(t, lines, want)
		}
	}
	keyboard.Close()
	says(t, lines, "hung up")
	ends(t, c, lines, folder, 4)
}

// openTerminal returns both ends of a pseudo-terminal.
func openTerminal(t *testing.T) (keyboard, terminal *os.File) {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { keyboard.Close() })
	fd := int(keyboard.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { terminal.Close() })
	return keyboard, terminal
}

// A program that ignores SIGHUP, as nohup makes it, keeps ignoring it.
func TestSandboxRunUnderNohup(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	script := `trap '' HUP; segctl sandbox run -- sh -c 'kill -HUP $PPID; kill -HUP $$; echo still here'`
	c := exec.Command("sh", "-c", script)
	c.Env = append(os.Environ(), "TMPDIR="+folder)
	out, err := c.CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "still here" {
		t.Errorf("%v: %s", err, out)
	}
}
