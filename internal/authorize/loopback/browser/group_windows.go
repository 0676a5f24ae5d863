package browser

import "syscall"

// ownGroup makes a child the leader of a process group of its own: a console sends Ctrl-C to a whole group.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
