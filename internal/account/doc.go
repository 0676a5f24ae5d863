// Package account opens one install: where its token comes from, the Config API client that carries it, and the
// workspace, source and destination that a command means on it.
//
// A World holds what all accounts of a process share; an Account is a value that whoever opened it passes on. The package
// prints nothing and asks nobody: what stays open is an error that lists the candidates.
package account
