package install

import (
	"errors"
	"fmt"

	"github.com/segctl/segctl/internal/private"
	"github.com/segctl/segctl/internal/wire"
)

// ErrNotFound says that nothing is kept under a name.
var ErrNotFound = errors.New("not found")

// Kind is what stopped a store, as far as it decides what to do next.
type Kind int

// The kinds of a StoreError.
const (
	Failed      Kind = iota // something else: see Err
	Absent                  // there is no keyring to talk to
	Locked                  // the keyring is locked, and was not unlocked
	Slow                    // the keyring did not answer in time
	Refused                 // permission denied, by the keyring or the file system
	TooLarge                // more than the keyring takes
	NotReadBack             // written, but what is read afterwards is something else
	Corrupt                 // damaged, or not written by segctl
	Newer                   // written by a newer segctl, and left alone
	DiskFull                // no space, or the quota is used up
	ReadOnly                // on a file system that cannot be written
	Exposed                 // a file or folder that others can read or write
	NotOwned                // a file or folder that belongs to someone else
	NotRegular              // a symbolic link, or no ordinary file or folder
	NoDatabase              // no database is configured
	NotMigrated             // a database without segctl's tables, or with those of an older one
	Unreachable             // a database that cannot be reached
	NoKey                   // sealed, and there is no key here that opens it, or none to seal with
	Overtaken               // someone else has changed the install meanwhile, and this change is not kept
)

// String returns the kind in words.
func (k Kind) String() string {
	switch k {
	case Failed:
		return "failed"
	case Absent:
		return "there is no keyring"
	case Locked:
		return "the keyring is locked"
	case Slow:
		return "the keyring does not answer"
	case Refused:
		return "access refused"
	case TooLarge:
		return "too large to be kept"
	case NotReadBack:
		return "not readable after it was written"
	case Corrupt:
		return "damaged"
	case Newer:
		return "written by a newer segctl"
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
	case NoDatabase:
		return "no database is set"
	case NotMigrated:
		return "the database is not set up for this segctl"
	case Unreachable:
		return "the database cannot be reached"
	case NoKey:
		return "no key at hand"
	case Overtaken:
		return "someone else has changed it meanwhile"
	}
	return "failed"
}

// StoreError says what a store could not do, and why. It never holds a secret.
type StoreError struct {
	Kind Kind
	Op   string // "read", "write", "delete" or "lock"
	// Item is what it was about: an account ("default/installs/7"), or "current" and "index", the files of that name.
	Item  string
	Store string // the vault in words: "keyring", "files in /home/…"
	Path  string // the file or folder at fault; "" where there is none
	Err   error  // may be nil
}

func (e *StoreError) Error() string {
	s := fmt.Sprintf("%s %s in %s", e.Op, e.Item, e.Store)
	if e.Path != "" {
		s = fmt.Sprintf("%s %s: %s", e.Op, e.Item, e.Path)
	}
	switch {
	case e.Err == nil:
		return s + ": " + e.Kind.String()
	case e.Kind == Failed:
		return s + ": " + e.Err.Error()
	}
	return s + ": " + e.Kind.String() + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *StoreError) Unwrap() error { return e.Err }

// SaveError says that a token was refreshed but could not be saved. The old token is dead, and the new one lives only as
// long as this process: another refresh gets the install back.
type SaveError struct {
	Install string
	Err     error // a *StoreError
}

func (e *SaveError) Error() string {
	return fmt.Sprintf("the new token of %s could not be saved: %v", e.Install, e.Err)
}

// Unwrap returns the cause.
func (e *SaveError) Unwrap() error { return e.Err }

// OriginError says that an install belongs to another server than the one that it is wanted for. Its token is not handed
// out, and it is not replaced.
type OriginError struct {
	Install string
	Bound   wire.Origin // the server that issued the token
	Wanted  wire.Origin
}

func (e *OriginError) Error() string {
	return fmt.Sprintf("the token of %s belongs to %s and is not sent to %s", e.Install, e.Bound, e.Wanted)
}

// fileError says as a *StoreError what went wrong with a file that is about item. An error that is not of a file, such as
// the context's, is returned as it is.
func fileError(op, item, store string, err error) error {
	var e *private.Error
	if !errors.As(err, &e) {
		return err
	}
	return &StoreError{Kind: kindOfFile(e.Kind), Op: op, Item: item, Store: store, Path: e.Path, Err: e.Err}
}

func kindOfFile(k private.Kind) Kind {
	switch k {
	case private.Refused:
		return Refused
	case private.DiskFull:
		return DiskFull
	case private.ReadOnly:
		return ReadOnly
	case private.Exposed:
		return Exposed
	case private.NotOwned:
		return NotOwned
	case private.NotRegular:
		return NotRegular
	case private.TooLarge:
		return Corrupt // no file of ours is that long
	case private.Failed:
		return Failed
	}
	return Failed
}

// isKind reports whether an error is a *StoreError of that kind.
func isKind(err error, k Kind) bool {
	var e *StoreError
	return errors.As(err, &e) && e.Kind == k
}
