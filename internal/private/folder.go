package private

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Folder is a directory that only its owner can look into, with private files in it. Nothing is touched before a method
// is called; those that write make the folder, with mode 0700. All names are names of files in the folder, not paths.
// Errors are of type *Error, and wrap fs.ErrNotExist where there is nothing by that name.
type Folder struct{ Path string }

const (
	// allOthers are the permissions that nobody else may have on a private file.
	allOthers fs.FileMode = 0o077
	// writeOthers are those that would let somebody else change a file.
	writeOthers fs.FileMode = 0o022

	// maxFile is more than any file of ours has, in bytes.
	maxFile = 1 << 20
)

// open returns the folder, and makes it if asked to. Everything is checked on the opened directory.
func (f Folder) open(create bool, denied fs.FileMode) (*os.Root, error) {
	if create {
		if err := os.MkdirAll(f.Path, 0o700); err != nil {
			return nil, err
		}
	}
	found, err := os.Lstat(f.Path)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(f.Path)
	if err != nil {
		return nil, err
	}
	opened, err := root.Stat(".")
	switch {
	case err != nil:
	case !os.SameFile(found, opened): // a symbolic link was found, and followed
		err = &Error{Kind: NotRegular, Path: f.Path}
	default:
		err = checkAccess(opened, f.Path, denied)
	}
	if err != nil {
		_ = root.Close()
		return nil, err
	}
	return root, nil
}

func (f Folder) file(name string) string { return filepath.Join(f.Path, name) }

// Read returns what is in a file.
func (f Folder) Read(name string) ([]byte, error) {
	root, err := f.open(false, allOthers)
	if err != nil {
		return nil, fault("read", f.file(name), err)
	}
	defer root.Close()
	data, err := f.read(root, name)
	if err != nil {
		return nil, fault("read", f.file(name), err)
	}
	return data, nil
}

func (f Folder) read(root *os.Root, name string) ([]byte, error) {
	found, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !found.Mode().IsRegular() {
		return nil, &Error{Kind: NotRegular, Path: f.file(name)}
	}
	file, err := root.OpenFile(name, openToRead, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	// Between the look and the opening, an atomic write may have put another file there, which is as good.
	return readChecked(file, f.file(name), allOthers)
}

// readChecked returns what is in an opened file, if it is an ordinary one that gives others none of the permissions in
// denied.
func readChecked(file *os.File, path string, denied fs.FileMode) ([]byte, error) {
	opened, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !opened.Mode().IsRegular() {
		return nil, &Error{Kind: NotRegular, Path: path}
	}
	if err := checkAccess(opened, path, denied); err != nil {
		return nil, err
	}
	if opened.Size() > maxFile {
		return nil, &Error{Kind: TooLarge, Path: path}
	}
	data := make([]byte, opened.Size()+1) // one more, to meet the end at the first reading
	n, err := io.ReadFull(file, data)
	switch {
	case err == nil: // it grew since, and it is not one of ours: those are replaced, never changed
		return nil, &Error{Kind: TooLarge, Path: path}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return data[:n], nil
	}
	return nil, err
}

// Remove removes a file.
func (f Folder) Remove(name string) error {
	root, err := f.open(false, allOthers)
	if err == nil {
		defer root.Close()
		err = root.Remove(name)
	}
	if err != nil {
		return fault("remove", f.file(name), err)
	}
	return nil
}

// Names returns the names of the files in the folder, in no order: without temporary files, and without folders. It
// removes temporary files that killed processes left more than a minute ago.
func (f Folder) Names() ([]string, error) {
	root, err := f.open(false, allOthers)
	if err != nil {
		return nil, fault("list", f.Path, err)
	}
	defer root.Close()
	names, err := list(root)
	if err != nil {
		return nil, fault("list", f.Path, err)
	}
	return names, nil
}

// Each calls do with each file of the folder that has the suffix, in no order, and with what is in it or why it cannot be
// read. An error that do returns ends it. It lists the folder as Names does, and opens it once, however many files it has.
func (f Folder) Each(suffix string, do func(name string, data []byte, err error) error) error {
	root, err := f.open(false, allOthers)
	if err != nil {
		return fault("list", f.Path, err)
	}
	defer root.Close()
	names, err := list(root)
	if err != nil {
		return fault("list", f.Path, err)
	}
	for _, name := range names {
		if !strings.HasSuffix(name, suffix) {
			continue
		}
		data, err := f.read(root, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed since
		}
		if err != nil {
			err = fault("read", f.file(name), err)
		}
		if err := do(name, data, err); err != nil {
			return err
		}
	}
	return nil
}

func list(root *os.Root) ([]string, error) {
	entries, err := entriesOf(root)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(entries))
	var temporaries []fs.DirEntry
	for _, e := range entries {
		switch {
		case e.IsDir():
		case isTemporary(e.Name()):
			temporaries = append(temporaries, e)
		default:
			names = append(names, e.Name())
		}
	}
	removeAbandoned(root, temporaries)
	return names, nil
}

func entriesOf(root *os.Root) ([]fs.DirEntry, error) {
	dir, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	return dir.ReadDir(-1)
}
