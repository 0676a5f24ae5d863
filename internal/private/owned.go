package private

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ReadOwned returns what is in a file that a person may keep anywhere, such as the target of a symbolic link into a
// folder of dotfiles. It must be an ordinary file that belongs to the user of this process or to root, and that nobody
// else can write. Errors are as those of Folder.
func ReadOwned(path string) ([]byte, error) {
	file, err := os.OpenFile(path, openToRead, 0)
	if err != nil {
		return nil, fault("read", path, err)
	}
	defer file.Close()
	data, err := readChecked(file, path, writeOthers)
	if err != nil {
		return nil, fault("read", path, err)
	}
	return data, nil
}

// ReadSecret is ReadOwned for a secret that a person or an orchestrator keeps anywhere: others must not be able to read it
// either. A group may where the file belongs to root, and this process is not root's: that is how it is handed over.
func ReadSecret(path string) ([]byte, error) {
	file, err := os.OpenFile(path, openToRead, 0)
	if err != nil {
		return nil, fault("read", path, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fault("read", path, err)
	}
	data, err := readChecked(file, path, deniedOfSecret(info))
	if err != nil {
		return nil, fault("read", path, err)
	}
	return data, nil
}

// Replace replaces such a file in one step by one with mode 0600, and the target itself where path is a symbolic link.
// The folder must be there.
func Replace(path string, data []byte) error {
	target, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, found := os.Lstat(path); found == nil {
			return &Error{Kind: NotRegular, Op: "write", Path: path, Err: errors.New("a symbolic link to nothing")}
		}
		target, err = path, nil
	}
	if err != nil {
		return fault("write", path, err)
	}
	root, err := os.OpenRoot(filepath.Dir(target))
	if err != nil {
		return fault("write", path, err)
	}
	name := filepath.Base(target)
	removeAbandonedOf(root, name)
	file, err := newTemporary(root, name)
	if err != nil {
		_ = root.Close()
		return fault("write", path, err)
	}
	return (&Pending{Folder{filepath.Dir(target)}, name, root, file}).Commit(data)
}

// removeAbandonedOf removes what killed processes left half written of one file. The folder may hold files of others.
func removeAbandonedOf(root *os.Root, name string) {
	entries, err := entriesOf(root)
	if err != nil {
		return // it is not ours to read, and nothing depends on it
	}
	removeAbandoned(root, slices.DeleteFunc(entries, func(e fs.DirEntry) bool {
		digits, ok := strings.CutPrefix(e.Name(), "."+name)
		return !ok || digits == "" || strings.Trim(digits, "0123456789") != ""
	}))
}
