package cmd

import (
	"errors"
	"fmt"
	"strings"
)

// usageError says that the command line or a setting is not what segctl understands. It exits with 2.
type usageError struct {
	Err   error
	Hints []string
}

// usagef returns a usage error; its arguments are those of fmt.Errorf.
func usagef(format string, args ...any) *usageError {
	return &usageError{Err: fmt.Errorf(format, args...)}
}

// hint adds a line that tells what to do instead.
func (e *usageError) hint(line string) *usageError {
	e.Hints = append(e.Hints, line)
	return e
}

func (e *usageError) Error() string { return e.Err.Error() }
func (e *usageError) Unwrap() error { return e.Err }

// statusError ends the process with the status of a child, or of a check; without Err nothing is printed.
type statusError struct {
	Code int
	Err  error
}

func (e *statusError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit status %d", e.Code)
	}
	return e.Err.Error()
}

func (e *statusError) Unwrap() error { return e.Err }

// installedError says that the App is installed already.
type installedError struct{ Name, Scope, Where string }

func (e *installedError) Error() string {
	return fmt.Sprintf("installed already: %s with scope %s on %s", e.Name, e.Scope, e.Where)
}

// errSignIn says that no token is to be had: no saved install is the current one, and none was given.
var errSignIn = errors.New("no install is saved or chosen, and no token is given")

// errForeignToken says that a sandbox's token was about to be sent to another server.
var errForeignToken = errors.New("this token was issued by a sandbox and is not sent to any other server")

// credentialsError says that the App's client id or client secret is not configured.
type credentialsError struct{ Missing string }

func (e *credentialsError) Error() string {
	return fmt.Sprintf("no %s is configured", e.Missing)
}

// unsavedError says that an install was granted and its token could not be saved.
type unsavedError struct {
	Install string
	Err     error
}

func (e *unsavedError) Error() string {
	return fmt.Sprintf("%s was granted, but could not be saved: %v", e.Install, e.Err)
}

func (e *unsavedError) Unwrap() error { return e.Err }

// decisive returns the last of joined errors: after a refusal, it is why there was no other token to try.
func decisive(err error) error {
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		all := joined.Unwrap()
		return decisive(all[len(all)-1])
	}
	return err
}

// oneLine returns the message of an error; joined errors take a line each.
func oneLine(err error) string {
	return strings.Join(strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\r' }), "; ")
}
