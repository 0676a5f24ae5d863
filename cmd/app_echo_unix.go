//go:build unix

package cmd

import "golang.org/x/sys/unix"

// silence turns the echo of a terminal off. What is typed while a prompt is being printed is then not shown either.
func silence(tty int) error {
	state, err := unix.IoctlGetTermios(tty, getTermios)
	if err != nil {
		return err
	}
	state.Lflag &^= unix.ECHO
	return unix.IoctlSetTermios(tty, setTermios, state)
}
