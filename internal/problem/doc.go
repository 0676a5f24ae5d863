// Package problem turns an error into what a person and a script need of it: an exit code, a message of one line, and
// hints, each of which is a command that can be pasted as it stands.
//
// There is one translator for the errors of each package, and one constructor, [Error], for what no package has a type
// for. All of them are pure: nothing is read or sent while something fails, so that whatever a hint needs is in the error.
package problem
