package config

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/segctl/segctl/internal/private"
	"github.com/segctl/segctl/internal/wire"
)

const (
	lockName = ".config.lock"
	// lockWait bounds the wait for another process that is writing the file, which takes milliseconds.
	lockWait = 10 * time.Second
)

// Set writes a setting into the profile's section of config.yaml; the key "profile" makes value the current profile, and
// begins its section where there is no such profile yet. What was loaded stays as it is. The client secret is refused: it
// belongs in the keyring.
func (s *Settings) Set(ctx context.Context, key, value string) error {
	if key == Profile {
		if err := CheckProfile(value); err != nil {
			return err
		}
		_, err := s.edit(ctx, func(d *document) bool {
			chosen := d.set("", Profile, value)
			return !s.hasProfile(value) && d.begin(value) || chosen
		})
		return err
	}
	return s.SetAll(ctx, Entry{key, value})
}

// Entry is a setting and its value.
type Entry struct{ Key, Value string }

// SetAll writes settings into the profile's section of config.yaml, all of them in one change of the file or, where one
// cannot be, none. Which profile is current and the client secret are no such settings.
func (s *Settings) SetAll(ctx context.Context, entries ...Entry) error {
	for _, e := range entries {
		if err := s.checkEntry(e); err != nil {
			return err
		}
	}
	_, err := s.edit(ctx, func(d *document) bool {
		changed := false
		for _, e := range entries {
			changed = d.set(s.Profile, e.Key, e.Value) || changed
		}
		return changed
	})
	return err
}

// checkEntry returns why config.yaml cannot have an entry.
func (s *Settings) checkEntry(e Entry) error {
	if e.Key == ClientSecret {
		return &Error{
			Key: e.Key, Msg: "client_secret is kept in the keyring, never in " + s.File,
			Fix: []string{"config", "set", ClientSecret}, Comment: "asks for it",
		}
	}
	value, err := checkValue(e.Key, e.Value)
	if err == nil && isServer(e.Key) && !s.reaches(wire.Origin(value)) {
		err = &Error{Key: e.Key, Msg: e.Key + " of profile " + s.Profile + " must be on this machine, such as http://127.0.0.1:8899"}
	}
	if fault := fileFault(e.Key, value); err == nil && fault != "" {
		err = &Error{Key: e.Key, Msg: s.File + ": " + fault}
	}
	return err
}

// MakeProfile begins the profile's section in config.yaml where there is no such profile yet, for a command that keeps
// something for it elsewhere. It returns whether there was none.
func (s *Settings) MakeProfile(ctx context.Context) (bool, error) {
	if s.hasProfile(s.Profile) {
		return false, nil
	}
	return s.edit(ctx, func(d *document) bool { return d.begin(s.Profile) })
}

// Unset removes a setting from the profile's section of config.yaml, or the choice of the current profile for the key
// "profile", and returns whether it was there. A client secret that does not belong there is removed as well.
func (s *Settings) Unset(ctx context.Context, key string) (bool, error) {
	if key != Profile && !slices.Contains(Keys(), key) {
		return false, &Error{Key: key, Msg: "unknown setting", Valid: append(Keys(), Profile)}
	}
	if _, err := os.Lstat(s.File); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return s.edit(ctx, func(d *document) bool { return d.unset(s.Profile, key) })
}

// edit changes config.yaml while no other process does, and returns whether change said that it changed anything.
func (s *Settings) edit(ctx context.Context, change func(*document) bool) (bool, error) {
	if s.File == "" {
		return false, &Error{Msg: "there is no configuration folder"}
	}
	unlock, err := lock(ctx, s.File)
	if err != nil {
		return false, err
	}
	defer unlock()
	d, err := readDocument(s.File, s.options.Repair)
	if err != nil || !change(d) {
		return false, err
	}
	data, err := d.encode()
	if err != nil {
		return false, &Error{File: s.File, Msg: "cannot be written as YAML"} // the cause could quote a value
	}
	if _, err := parseDocument(s.File, data, s.options.Repair); err != nil {
		return false, fmt.Errorf("check changed configuration: %w", err)
	}
	if err := private.Replace(s.File, data); err != nil {
		return false, fileError(s.File, "cannot be written", err)
	}
	return true, nil
}

// lock takes the lock beside the file, making the folder where there is none. The folder may be a symbolic link, as those
// who keep their dotfiles elsewhere have it.
func lock(ctx context.Context, file string) (unlock func(), err error) {
	dir := filepath.Dir(file)
	if target, err := filepath.EvalSymlinks(dir); err == nil {
		dir = target
	}
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	unlock, err = private.Folder{Path: dir}.Lock(ctx, lockName, nil)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return nil, &Error{File: filepath.Join(dir, lockName), Msg: "another process has held this lock for too long", Err: context.DeadlineExceeded}
	case err != nil:
		return nil, fileError(filepath.Join(dir, lockName), "cannot be locked", err)
	}
	return unlock, nil
}
