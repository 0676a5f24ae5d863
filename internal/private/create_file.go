package private

import (
	"cmp"
	"os"
	"path/filepath"
)

// CreateFile writes a new file that only its owner can read, in whatever folder its path names. It is whole from the moment
// it is there. The error is an *Error, and wraps fs.ErrExist where something has the name already.
func CreateFile(path string, data []byte) error {
	folder, name := filepath.Split(path)
	root, err := os.OpenRoot(cmp.Or(folder, "."))
	if err != nil {
		return fault("write", path, err)
	}
	defer root.Close()
	temporary := temporaryName(name)
	defer func() { _ = root.Remove(temporary) }()
	if err := writeNew(root, temporary, data); err != nil {
		return fault("write", path, err)
	}
	if err := moveNew(root, temporary, name); err != nil {
		return fault("write", path, err)
	}
	if err := syncAll(root); err != nil {
		return fault("write", path, err)
	}
	return nil
}
