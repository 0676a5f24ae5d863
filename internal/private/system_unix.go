//go:build !windows

package private

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"github.com/google/renameio/v2"
)

const (
	// openToRead keeps the opening of a pipe from waiting for somebody who writes to it.
	openToRead = os.O_RDONLY | syscall.O_NONBLOCK
	openToLock = os.O_CREATE | os.O_RDWR | syscall.O_NOFOLLOW
	openToNote = os.O_RDWR | syscall.O_NOFOLLOW
)

// checkAccess returns an *Error unless a file or folder belongs to the user of this process or to root, and gives others
// none of the permissions in denied.
func checkAccess(info fs.FileInfo, path string, denied fs.FileMode) error {
	if s, ok := info.Sys().(*syscall.Stat_t); ok && int(s.Uid) != os.Geteuid() && s.Uid != 0 {
		return &Error{Kind: NotOwned, Path: path}
	}
	if info.Mode().Perm()&denied != 0 {
		return &Error{Kind: Exposed, Path: path}
	}
	return nil
}

// deniedOfSecret are the permissions that nobody may have on a file with a secret in it.
func deniedOfSecret(info fs.FileInfo) fs.FileMode {
	if s, ok := info.Sys().(*syscall.Stat_t); ok && s.Uid == 0 && os.Geteuid() != 0 {
		return allOthers &^ 0o040
	}
	return allOthers
}

func systemKind(err error) Kind {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return DiskFull
	case errors.Is(err, syscall.EROFS):
		return ReadOnly
	case errors.Is(err, fs.ErrPermission):
		return Refused
	case errors.Is(err, syscall.ELOOP), errors.Is(err, syscall.ENOTDIR):
		return NotRegular
	}
	return Failed
}

// newTemporary opens a file in root that will replace the one with that name. Its own name is "." + name + digits.
func newTemporary(root *os.Root, name string) (temporary, error) {
	return renameio.NewPendingFile(name, renameio.WithRoot(root), renameio.WithStaticPermissions(0o600))
}
