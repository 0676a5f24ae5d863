package private

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

const (
	openToRead = os.O_RDONLY
	openToLock = os.O_CREATE | os.O_RDWR
	openToNote = os.O_RDWR
)

// checkAccess has nothing to ask on Windows: what lies in a user's profile is closed to others by its access list.
func checkAccess(fs.FileInfo, string, fs.FileMode) error { return nil }

func deniedOfSecret(fs.FileInfo) fs.FileMode { return allOthers }

func systemKind(err error) Kind {
	switch {
	case errors.Is(err, windows.ERROR_DISK_FULL), errors.Is(err, windows.ERROR_HANDLE_DISK_FULL),
		errors.Is(err, windows.ERROR_DISK_QUOTA_EXCEEDED):
		return DiskFull
	case errors.Is(err, windows.ERROR_WRITE_PROTECT):
		return ReadOnly
	case errors.Is(err, fs.ErrPermission):
		return Refused
	}
	return Failed
}

// renamed is a temporary file on Windows, which renameio does not support.
type renamed struct {
	*os.File
	root         *os.Root
	own, becomes string
}

func newTemporary(root *os.Root, name string) (temporary, error) {
	own := temporaryName(name)
	file, err := root.OpenFile(own, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return &renamed{file, root, own, name}, nil
}

func (r *renamed) CloseAtomicallyReplace() error {
	// An open file cannot be renamed.
	if err := errors.Join(r.Sync(), r.Close()); err != nil {
		return err
	}
	return r.root.Rename(r.own, r.becomes)
}

func (r *renamed) Cleanup() error {
	_ = r.Close()
	return r.root.Remove(r.own)
}
