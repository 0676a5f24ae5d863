//go:build !unix

package local

// inForeground reports whether Ctrl-C reaches the commands of this process without help: on Windows it reaches all of a
// console.
func inForeground() bool { return true }
