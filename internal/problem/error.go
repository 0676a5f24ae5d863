package problem

import "fmt"

// Error is an error that says itself what it comes to: what is wrong with a command line, or what no other package has a
// type for. Without hints of its own, it gets the help of the command that ran.
type Error struct {
	Exit  int
	Err   error // nil: nothing is printed, as for the exit status of a child
	Hints []Hint
}

// Usage returns the error of a command line or a value that is wrong. Its arguments are those of fmt.Errorf.
func Usage(format string, args ...any) *Error { return With(ExitUsage, format, args...) }

// With returns an error that exits with a code of its own. Its other arguments are those of fmt.Errorf.
func With(exit int, format string, args ...any) *Error {
	return &Error{Exit: exit, Err: fmt.Errorf(format, args...)}
}

// Silent returns an error that prints nothing, since everything was said already.
func Silent(exit int) *Error { return &Error{Exit: exit} }

// Hint adds a command that helps, and returns e.
func (e *Error) Hint(comment string, args ...string) *Error {
	e.Hints = append(e.Hints, Run(comment, args...))
	return e
}

func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit status %d", e.Exit)
	}
	return e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
