package private

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
)

// Create writes many new files by their names, and waits once for all of them to reach the disk. A file that is there
// already is left as it is, and its name is among those that are returned, sorted. Each file is whole from the moment it
// is there.
func (f Folder) Create(files map[string][]byte) (taken []string, err error) {
	root, err := f.open(true, allOthers)
	if err != nil {
		return nil, fault("write", f.Path, err)
	}
	defer root.Close()
	temporaries := make(map[string]string, len(files)) // by the names that they get
	defer func() {
		for _, temporary := range temporaries {
			_ = root.Remove(temporary)
		}
	}()
	names := slices.Sorted(maps.Keys(files))
	for _, name := range names {
		temporary := temporaryName(name)
		temporaries[name] = temporary
		if err := writeNew(root, temporary, files[name]); err != nil {
			return nil, fault("write", f.file(name), err)
		}
	}
	if err := syncAll(root); err != nil {
		return nil, fault("write", f.Path, err)
	}
	for _, name := range names {
		switch err := moveNew(root, temporaries[name], name); {
		case errors.Is(err, fs.ErrExist):
			taken = append(taken, name)
		case err != nil:
			return nil, fault("write", f.file(name), err)
		}
	}
	return taken, nil
}

func writeNew(root *os.Root, name string, data []byte) error {
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, syncOne(file), file.Close())
}

// moveNew gives a file another name that must be free. A link does that in one step, where a renaming would replace what
// is there.
func moveNew(root *os.Root, temporary, name string) error {
	err := root.Link(temporary, name)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	// The file system has no links, as those of memory cards. A file that appears at this moment is replaced.
	if _, found := root.Lstat(name); found == nil {
		return fs.ErrExist
	}
	return root.Rename(temporary, name)
}
