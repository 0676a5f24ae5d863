//go:build !windows

package install

import (
	"os"
	"syscall"
)

const lockFlags = os.O_CREATE | os.O_RDWR | syscall.O_NOFOLLOW
