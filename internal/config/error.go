package config

import (
	"errors"
	"fmt"
	"strings"
)

// Error says what is wrong with a setting or a file of settings, and where. It never holds the offending value, which
// may be a secret in the wrong place.
type Error struct {
	File   string   // the file, where there is one
	Line   int      // its line, from 1; 0 if unknown
	Source string   // the flag or variable, where there is no file
	Key    string   // the setting, where there is one
	Msg    string   // what is wrong
	Valid  []string // what would be right: keys or values
	Hint   string   // what to do, where that is known
	Err    error    // the cause, where there is one
}

func (e *Error) Error() string {
	var b strings.Builder
	switch {
	case e.File != "" && e.Line > 0:
		fmt.Fprintf(&b, "%s:%d: ", e.File, e.Line)
	case e.File != "":
		b.WriteString(e.File + ": ")
	case e.Source != "":
		b.WriteString(e.Source + ": ")
	}
	b.WriteString(e.Msg)
	if len(e.Valid) > 0 {
		fmt.Fprintf(&b, " (valid: %s)", strings.Join(e.Valid, ", "))
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// at adds to an *Error what its maker could not know: the file and line, or the flag or variable, and the key.
func at(err error, place Error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	placed := *e
	placed.File, placed.Line, placed.Source, placed.Key = place.File, place.Line, place.Source, place.Key
	return &placed
}
