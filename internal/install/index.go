package install

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

const indexVersion = 1

// contents of an index: the names of a profile's installs and which one is in use. It holds no secret; it exists because
// a keyring cannot list what it keeps.
type contents struct {
	Version int      `json:"v"`
	Current string   `json:"current,omitempty"`
	Names   []string `json:"installs"`
}

func decodeIndex(data []byte) (contents, error) {
	if err := checkVersion(data, indexVersion); err != nil {
		return contents{}, err
	}
	var c contents
	if err := json.Unmarshal(data, &c); err != nil {
		return contents{}, corrupt("not the JSON of an index")
	}
	for _, name := range c.Names {
		if canonical, err := ParseName(name); err != nil || canonical != name {
			return contents{}, corrupt("there is a name that no install has")
		}
	}
	if c.Current != "" && !slices.Contains(c.Names, c.Current) {
		return contents{}, corrupt("the current install is not listed")
	}
	slices.Sort(c.Names)
	c.Names = slices.Compact(c.Names)
	return c, nil
}

func (c *contents) has(name string) bool { return slices.Contains(c.Names, name) }

func (c *contents) add(name string) {
	if !c.has(name) {
		c.Names = append(c.Names, name)
		slices.Sort(c.Names)
	}
	if c.Current == "" {
		c.Current = name
	}
}

func (c *contents) remove(name string) {
	c.Names = slices.DeleteFunc(c.Names, func(s string) bool { return s == name })
	if c.Current == name {
		c.Current = ""
	}
}

// currentOf is the chosen install, or the only one.
func currentOf(chosen string, names []string) (string, error) {
	switch {
	case chosen != "":
		return chosen, nil
	case len(names) == 1:
		return names[0], nil
	}
	return "", fmt.Errorf("current install: %w", ErrNotFound)
}

// index is the file of a profile's contents.
type index struct {
	folder folder
	file   string
}

// read returns empty contents where there is no index yet.
func (x index) read() (contents, error) {
	data, err := x.folder.read(x.file)
	if errors.Is(err, fs.ErrNotExist) {
		return contents{Version: indexVersion}, nil
	}
	if err == nil {
		var c contents
		if c, err = decodeIndex(data); err == nil {
			return c, nil
		}
	}
	return contents{}, x.fault("read", err)
}

// update changes the contents, against every other process.
func (x index) update(ctx context.Context, change func(*contents)) error {
	unlock, err := x.folder.locks.lock(ctx, writeLock)
	if err != nil {
		return err
	}
	defer unlock()
	c, err := x.read()
	if err != nil {
		return err
	}
	before := contents{c.Version, c.Current, slices.Clone(c.Names)}
	change(&c)
	if c.Current == before.Current && slices.Equal(c.Names, before.Names) {
		return nil
	}
	data, err := encodeJSON(c)
	if err != nil {
		return err
	}
	if err := x.folder.write(x.file, data); err != nil {
		return x.fault("write", err)
	}
	return nil
}

func (x index) fault(op string, err error) error {
	return x.folder.fault(op, "index", x.file, err)
}
