//go:build unix

package browser

import "syscall"

// ownGroup makes a child the leader of a process group of its own: a terminal sends Ctrl-C to a whole group.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
