package private

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Kind is what stopped an operation, as far as it decides what to do next.
type Kind int

// The kinds of an Error.
const (
	Failed     Kind = iota // something else: see Err
	Refused                // permission denied by the file system
	DiskFull               // no space, or the quota is used up
	ReadOnly               // on a file system that cannot be written
	Exposed                // others can read or write it
	NotOwned               // it belongs to someone else
	NotRegular             // a symbolic link, or no ordinary file or folder
	TooLarge               // more than any file of ours has
)

// String returns the kind in words that complete the sentence "…: ".
func (k Kind) String() string {
	switch k {
	case Failed:
		return "failed"
	case Refused:
		return "access refused"
	case DiskFull:
		return "no space left"
	case ReadOnly:
		return "the file system is read-only"
	case Exposed:
		return "others have access to it"
	case NotOwned:
		return "it belongs to another user"
	case NotRegular:
		return "it is not an ordinary file or folder"
	case TooLarge:
		return "it is too large"
	}
	return "failed"
}

// Error says what could not be done with a file or folder, and why. It quotes no content.
type Error struct {
	Kind Kind
	Op   string // "read", "write", "remove", "list" or "lock"
	Path string // the file or folder at fault
	Err  error  // the cause; may be nil
}

func (e *Error) Error() string {
	s := fmt.Sprintf("%s %s: ", e.Op, e.Path)
	switch {
	case e.Err == nil:
		return s + e.Kind.String()
	case e.Kind == Failed:
		return s + e.Err.Error()
	}
	return s + e.Kind.String() + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// fault returns err as an *Error. What a check found is more exact than op and path, so it keeps the path it has.
func fault(op, path string, err error) error {
	var known *Error
	if errors.As(err, &known) {
		return &Error{Kind: known.Kind, Op: op, Path: known.Path, Err: known.Err}
	}
	return &Error{Kind: systemKind(err), Op: op, Path: path, Err: withoutPath(err)}
}

// withoutPath leaves out the path, which the Error has.
func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err
	}
	return err
}
