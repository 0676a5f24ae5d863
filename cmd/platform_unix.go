//go:build unix

package cmd

import (
	"errors"
	"syscall"
)

// isAddressInUse reports whether a port is taken by another program.
func isAddressInUse(err error) bool { return errors.Is(err, syscall.EADDRINUSE) }
