package install

import (
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/segctl/segctl/internal/private"
)

// Choice is which install is the current one on this machine: a file in a private folder. The zero value is no choice, and
// none can be made.
type Choice struct{ folder private.Folder }

// ChoiceIn returns the choice that is kept in a folder.
func ChoiceIn(dir string) Choice { return Choice{private.Folder{Path: dir}} }

// currentFile names the current install. A profile's cards have another suffix.
const (
	currentFile    = "current"
	currentVersion = 1
)

// choice is what is in currentFile.
type choice struct {
	Version int    `json:"v"`
	Name    string `json:"name"`
}

func (c Choice) String() string { return "files in " + c.folder.Path }

// Name returns the install that was chosen, "" where none was. A damaged file counts as none, since choosing again repairs
// it.
func (c Choice) Name() (string, error) {
	if c.folder.Path == "" {
		return "", nil
	}
	data, err := c.folder.Read(currentFile)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fileError("read", currentFile, c.String(), err)
	}
	path := filepath.Join(c.folder.Path, currentFile)
	if err := checkVersion(data, currentVersion); isKind(err, Newer) {
		return "", locate(err, "read", currentFile, c.String(), path)
	}
	var made choice
	if json.Unmarshal(data, &made) != nil || !IsCanonical(made.Name) {
		return "", nil //nolint:nilerr // a damaged choice is none
	}
	return made.Name, nil
}

// Tidy removes what killed processes left half written.
func (c Choice) Tidy() {
	if c.folder.Path != "" {
		_, _ = c.folder.Names()
	}
}

// Make chooses an install.
func (c Choice) Make(name string) error {
	if c.folder.Path == "" {
		return &StoreError{Kind: Failed, Op: "write", Item: currentFile, Store: "memory", Err: errors.New("no folder is given")}
	}
	data, err := encodeJSON(choice{currentVersion, name})
	if err != nil {
		return err
	}
	return fileError("write", currentFile, c.String(), c.folder.Write(currentFile, data))
}

// Forget takes the choice of an install back, where it is the one that was chosen.
func (c Choice) Forget(name string) error {
	if chosen, err := c.Name(); err != nil || chosen == "" || chosen != name {
		return err
	}
	if err := c.folder.Remove(currentFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fileError("delete", currentFile, c.String(), err)
	}
	return nil
}

// Kept answers what a Choice asks of the store that it is about.
type Kept struct {
	Has   func(name string) (bool, error)
	Names func() ([]string, error) // of all installs, or of the first three
}

// Chosen returns the install that was chosen, "" where none was, or where the one that was is gone.
func (c Choice) Chosen(in Kept) (string, error) {
	name, err := c.Name()
	if err != nil || name == "" {
		return "", err
	}
	has, err := in.Has(name)
	if err != nil || !has {
		return "", err
	}
	return name, nil
}

// Current returns the install in use: the one that was chosen, or the only one. The error wraps ErrNotFound where there is
// neither.
func (c Choice) Current(in Kept) (string, error) {
	chosen, err := c.Chosen(in)
	if err != nil || chosen != "" {
		return chosen, err
	}
	names, err := in.Names()
	if err != nil {
		return "", err
	}
	return currentOf("", names)
}

// MakeFirst makes a new install the current one where it is the only one. Where it is the second, the first stays the
// current one, which it was by being the only one.
func (c Choice) MakeFirst(name string, in Kept) error {
	chosen, err := c.Chosen(in)
	if err != nil || chosen != "" {
		return err
	}
	names, err := in.Names()
	if err != nil {
		return err
	}
	if len(names) == 2 {
		names = slices.DeleteFunc(names, func(other string) bool { return other == name })
	}
	if len(names) == 1 {
		return c.Make(names[0])
	}
	return nil
}

// Keep makes the only install, which is the current one, stay so when there will be more.
func (c Choice) Keep(in Kept) error {
	current, err := c.Current(in)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return c.Make(current)
}
