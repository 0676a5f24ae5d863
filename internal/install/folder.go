package install

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// folder is a directory that only its owner can look into, with private files. It trusts nothing that it finds: a
// symbolic link, or something that others own or may open, is refused. Its files are written one at a time, under
// writeLock, which the callers hold.
type folder struct {
	path  string
	locks locks
}

// open returns the folder, and makes it if asked to. Everything is checked on the opened directory, so that it cannot be
// swapped meanwhile.
func (f folder) open(create bool) (*os.Root, error) {
	if create {
		if err := os.MkdirAll(f.path, 0o700); err != nil {
			return nil, err
		}
	}
	found, err := os.Lstat(f.path)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return nil, err
	}
	opened, err := root.Stat(".")
	switch {
	case err != nil:
	case !os.SameFile(found, opened): // a symbolic link was found, and followed
		err = &StoreError{Kind: NotRegular, Path: f.path}
	default:
		err = checkPrivate(opened, f.path)
	}
	if err != nil {
		_ = root.Close()
		return nil, err
	}
	return root, nil
}

// maxFile is more than any file of ours has.
const maxFile = 1 << 20

func (f folder) read(name string) ([]byte, error) {
	root, err := f.open(false)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	path := filepath.Join(f.path, name)
	found, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !found.Mode().IsRegular() {
		return nil, &StoreError{Kind: NotRegular, Path: path}
	}
	file, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	opened, err := file.Stat()
	if err != nil {
		return nil, err
	}
	// Between the look and the opening, an atomic write may have put another file there: that one is as good.
	if !opened.Mode().IsRegular() {
		return nil, &StoreError{Kind: NotRegular, Path: path}
	}
	if err := checkPrivate(opened, path); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(data) > maxFile {
		return nil, corrupt("far too long")
	}
	return data, err
}

// write replaces a file in one step.
func (f folder) write(name string, data []byte) error {
	root, err := f.open(true)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	removeTemporary(root)
	return replaceFile(root, name, data)
}

func (f folder) remove(name string) error {
	root, err := f.open(false)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	removeTemporary(root)
	return root.Remove(name)
}

// removeTemporary clears away what killed processes left half written: writeLock is held, so nobody is writing. All
// temporary names begin with a dot, and no other does. What cannot be removed does no harm.
func removeTemporary(root *os.Root) {
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") && e.Type().IsRegular() {
			_ = root.Remove(e.Name())
		}
	}
}

// fault says as a *StoreError what went wrong with a file of the folder.
func (f folder) fault(op, item, file string, err error) error {
	e := &StoreError{Path: filepath.Join(f.path, file), Err: err}
	var known *StoreError
	if errors.As(err, &known) {
		e.Kind, e.Err = known.Kind, known.Err
		if known.Path != "" {
			e.Path = known.Path
		}
	} else {
		e.Kind, e.Err = kindOf(err), cause(err)
	}
	e.Op, e.Item, e.Store = op, item, "files in "+f.path
	return e
}

// cause leaves out the path, which the StoreError has.
func cause(err error) error {
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

// fileName turns an account into a name that every file system takes and keeps apart from others: a name of its own also
// where case does not count, and none that begins with a dot.
func fileName(account string) string {
	const hex = "0123456789abcdef"
	var b strings.Builder
	for i := range len(account) {
		switch c := account[i]; {
		case c == '/':
			b.WriteByte('+')
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_', c == '.' && i > 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}
