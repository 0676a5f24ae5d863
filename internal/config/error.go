package config

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/segctl/segctl/internal/private"
)

// Error says what is wrong with a setting or a file of settings, and where. It never holds the offending value, which
// may be a secret in the wrong place.
type Error struct {
	File    string   // the file, where there is one
	Line    int      // its line, from 1; 0 if unknown
	Source  string   // the flag or variable, where there is no file
	Key     string   // the setting, where there is one
	Msg     string   // what is wrong
	Valid   []string // what would be right: keys or values
	Fix     []string // arguments of a segctl command that helps, where there is a special one
	Comment string   // what that command does
	Err     error    // the cause, where there is one
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

// Unwrap returns the cause.
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

// fileError returns the error of a file that cannot be used. failed says what cannot be done with it, such as "cannot be
// read".
func fileError(path, failed string, err error) *Error {
	e := &Error{File: path, Msg: failed, Err: err}
	var found *private.Error
	if !errors.As(err, &found) {
		var pathErr *fs.PathError
		if errors.As(err, &pathErr) {
			e.Err = pathErr.Err
		}
		return e
	}
	e.File, e.Err = found.Path, found.Err
	switch found.Kind {
	case private.Exposed:
		e.Msg, e.Err = "others can write to it, and decide where secrets are sent: chmod go-w ends that", nil
		e.Fix, e.Comment = []string{"config", "path"}, "which file the settings are in"
	case private.NotOwned:
		e.Msg, e.Err = "belongs to another user, who could decide where secrets are sent", nil
	case private.NotRegular:
		e.Msg = "is not an ordinary file or folder"
	case private.TooLarge:
		e.Msg, e.Err = "is larger than 1 MiB", nil
	case private.Failed, private.Refused, private.DiskFull, private.ReadOnly:
		if e.Err == nil {
			e.Msg += ": " + found.Kind.String()
		}
	}
	return e
}
