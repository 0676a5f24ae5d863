package install

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/segctl/segctl/internal/private"
)

const indexVersion = 1

// index is the one file in which earlier versions kept the names of a profile's installs.
type index struct {
	folder private.Folder
	file   string
}

func (x index) path() string { return filepath.Join(x.folder.Path, x.file) }

// contents of an index.
type contents struct {
	Version int      `json:"v"`
	Current string   `json:"current,omitempty"`
	Names   []string `json:"installs"`
}

// decodeIndex returns a *StoreError that says Newer or Corrupt.
func decodeIndex(data []byte) (contents, error) {
	if err := checkVersion(data, indexVersion); err != nil {
		return contents{}, err
	}
	var c contents
	if err := json.Unmarshal(data, &c); err != nil {
		return contents{}, corrupt("not the JSON of an index")
	}
	if slices.ContainsFunc(c.Names, func(name string) bool { return !IsCanonical(name) }) {
		return contents{}, corrupt("there is a name that no install has")
	}
	if c.Current != "" && !slices.Contains(c.Names, c.Current) {
		return contents{}, corrupt("the current install is not listed")
	}
	slices.Sort(c.Names)
	c.Names = slices.Compact(c.Names)
	return c, nil
}

// migrate writes a card for each install of an index, and removes the index. That happens once: from then on, all that it
// costs is to see that there is none.
func (s *vaultStore) migrate(ctx context.Context) error {
	if _, err := os.Lstat(s.index.path()); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	unlock, err := s.lock(ctx, theStore)
	if err != nil {
		return err
	}
	defer unlock()
	data, err := s.index.folder.Read(s.index.file)
	if errors.Is(err, fs.ErrNotExist) { // another process was faster
		return nil
	}
	if err != nil {
		return s.index.fault("read", err)
	}
	listed, err := decodeIndex(data)
	if err != nil {
		return locate(err, "read", "index", "files in "+s.index.folder.Path, s.index.path())
	}
	if err := s.migrateFrom(ctx, listed); err != nil {
		return err
	}
	if err := s.index.folder.Remove(s.index.file); err != nil {
		return s.index.fault("delete", err)
	}
	return nil
}

// migrateFrom can be repeated: a card that is there already is newer than the index.
func (s *vaultStore) migrateFrom(ctx context.Context, listed contents) error {
	all := make(map[string]Card, len(listed.Names))
	for _, name := range listed.Names {
		i, _, err := s.record(ctx, name)
		switch {
		case errors.Is(err, ErrNotFound):
			// The process that wrote the name was killed before it wrote the record.
		case isKind(err, Corrupt), isKind(err, Newer):
			all[name] = Card{Name: name} // it can be replaced or removed only if it is listed
		case err != nil:
			return err
		default:
			all[name] = i.Card
		}
	}
	if _, err := s.cards.create(all); err != nil {
		return err
	}
	if chosen, err := s.cards.chosen(); err != nil || chosen != "" || listed.Current == "" {
		return err
	}
	return s.cards.choose(listed.Current)
}

func (x index) fault(op string, err error) error {
	return fileError(op, "index", "files in "+x.folder.Path, err)
}
