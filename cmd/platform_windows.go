package cmd

import (
	"errors"

	"golang.org/x/sys/windows"
)

// isAddressInUse reports whether a port is taken by another program.
func isAddressInUse(err error) bool { return errors.Is(err, windows.WSAEADDRINUSE) }
