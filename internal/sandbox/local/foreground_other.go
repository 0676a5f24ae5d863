//go:build !unix

package local

// terminal stands for the console: on Windows Ctrl-C reaches all the processes of it.
type terminal struct{}

func controlling() terminal { return terminal{} }

func (terminal) hasForeground() bool { return true }

func (terminal) close() {}
