package cluster

import "syscall"

// dieWithParent makes a killed program leave no server behind.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGQUIT }
