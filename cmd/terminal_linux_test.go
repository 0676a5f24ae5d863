package cmd

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// conversation is a program at a terminal of its own, and what was said there up to now.
type conversation struct {
	t        *testing.T
	keyboard *os.File
	said     chan string
	seen     string // all of it
	heard    int    // how much of it was waited for
	program  *exec.Cmd
}

// converse starts a program at a terminal of a width.
func converse(t *testing.T, width uint16, environ []string, name string, args ...string) *conversation {
	t.Helper()
	keyboard, terminal := openTerminal(t)
	if err := unix.IoctlSetWinsize(int(terminal.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: width, Row: 50}); err != nil {
		t.Fatal(err)
	}
	c := &conversation{t: t, keyboard: keyboard, said: make(chan string, 64), program: exec.Command(name, args...)}
	c.program.Env = environ
	c.program.Stdin, c.program.Stdout, c.program.Stderr = terminal, terminal, terminal
	c.program.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := c.program.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.program.Process.Kill() })
	terminal.Close()
	go func() {
		defer close(c.said)
		for buffer := make([]byte, 4096); ; {
			n, err := keyboard.Read(buffer)
			if n > 0 {
				c.said <- string(buffer[:n])
			}
			if err != nil { // the program has ended
				return
			}
		}
	}()
	return c
}

// hears waits until something is said, after what was heard before.
func (c *conversation) hears(want string) {
	c.t.Helper()
	for patience := time.After(time.Minute); ; {
		if at := strings.Index(c.seen[c.heard:], want); at >= 0 {
			c.heard += at + len(want)
			return
		}
		select {
		case text, ok := <-c.said:
			if !ok {
				c.t.Fatalf("it ended without %q; it said:\n%s", want, c.seen)
			}
			c.seen += text
		case <-patience:
			c.t.Fatalf("it does not say %q; it said:\n%s", want, c.seen)
		}
	}
}

// types types a line, or the keys alone that are control characters.
func (c *conversation) types(line string) {
	c.t.Helper()
	if line == "" || line[0] >= ' ' {
		line += "\r"
	}
	if _, err := c.keyboard.WriteString(line); err != nil {
		c.t.Fatal(err)
	}
}

// ends waits for the end, and returns the exit status.
func (c *conversation) ends() int {
	c.t.Helper()
	for text := range c.said {
		c.seen += text
	}
	_ = c.program.Wait()
	return c.program.ProcessState.ExitCode()
}
