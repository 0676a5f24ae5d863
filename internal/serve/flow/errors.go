package flow

import (
	"github.com/segctl/segctl/internal/problem"
)

// RequestError says which part of a request for a link cannot be met.
type RequestError struct {
	Field   string // as in the API: "customer", "settings", "return_url", …
	Problem string // completes the sentence "customer …"; it quotes no secret
}

func (e *RequestError) Error() string { return e.Field + " " + e.Problem }

// Unwrap says what it comes to on a command line: a wrong value.
func (e *RequestError) Unwrap() error { return problem.Usage("%s %s", e.Field, e.Problem) }

// LinkError says that a link cannot be used.
type LinkError struct{ State State }

func (e *LinkError) Error() string { return "the link is " + string(e.State) }

// Unwrap says what it comes to on a command line: a conflict.
func (e *LinkError) Unwrap() error {
	return problem.With(problem.ExitConflict, "the link is %s", e.State)
}

// BusyError says that somebody else is at a flow just now.
type BusyError struct{}

func (*BusyError) Error() string { return "somebody else is at the flow" }

// Unwrap says what it comes to on a command line: a conflict.
func (*BusyError) Unwrap() error {
	return problem.With(problem.ExitConflict, "somebody else is at the flow")
}
