//go:build !windows

package install

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"github.com/google/renameio/v2"
)

// checkPrivate wants a file or folder that is the user's own and that nobody else can open.
func checkPrivate(info fs.FileInfo, path string) error {
	if s, ok := info.Sys().(*syscall.Stat_t); ok && int(s.Uid) != os.Geteuid() {
		return &StoreError{Kind: NotOwned, Path: path}
	}
	if info.Mode().Perm()&0o077 != 0 {
		return &StoreError{Kind: Exposed, Path: path}
	}
	return nil
}

func replaceFile(root *os.Root, name string, data []byte) error {
	file, err := renameio.NewPendingFile(name, renameio.WithRoot(root), renameio.WithStaticPermissions(0o600))
	if err != nil {
		return err
	}
	defer func() { _ = file.Cleanup() }()
	if _, err := file.Write(data); err != nil {
		return err
	}
	return file.CloseAtomicallyReplace()
}

func kindOf(err error) Kind {
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
