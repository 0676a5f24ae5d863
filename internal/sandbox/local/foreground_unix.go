//go:build unix

package local

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// terminal is the one that controls this process, nil where there is none.
type terminal struct{ *os.File }

// controlling opens the terminal of this process.
func controlling() terminal {
	file, err := os.Open("/dev/tty")
	if err != nil {
		return terminal{}
	}
	return terminal{file}
}

// hasForeground reports whether this process is in the foreground of the terminal, so that Ctrl-C there reaches its commands
// as well. A terminal that has gone had it: what was typed last may be seen here only after that.
func (t terminal) hasForeground() bool {
	if t.File == nil {
		return false
	}
	group, err := unix.IoctlGetInt(int(t.Fd()), unix.TIOCGPGRP)
	return err != nil || group == syscall.Getpgrp()
}

func (t terminal) close() {
	if t.File != nil {
		t.Close()
	}
}
