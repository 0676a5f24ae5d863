package config

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// lockWait bounds the wait for another process that is writing the file, which takes milliseconds.
const lockWait = 10 * time.Second

// Set writes a setting into the profile's section of config.yaml; the key "profile" makes value the current profile.
// What was loaded stays as it is. The client secret is refused: it belongs in the keyring.
func (s *Settings) Set(ctx context.Context, key, value string) error {
	switch key {
	case Profile:
		if err := CheckProfile(value); err != nil {
			return err
		}
	case ClientSecret:
		return &Error{Key: key, Msg: "client_secret is kept in the keyring, never in " + s.File}
	default:
		if err := CheckValue(key, value); err != nil {
			return err
		}
	}
	_, err := s.edit(ctx, func(d *document) bool { return d.set(s.Profile, key, value) })
	return err
}

// Unset removes a setting from the profile's section of config.yaml, or the choice of the current profile for the key
// "profile", and returns whether it was there. A client secret that does not belong there is removed as well.
func (s *Settings) Unset(ctx context.Context, key string) (bool, error) {
	if key != Profile && !isSetting(key) && key != ClientSecret {
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
		return false, &Error{File: s.File, Msg: "cannot be written as YAML", Err: err}
	}
	if _, err := parseDocument(s.File, data, s.options.Repair); err != nil {
		return false, fmt.Errorf("check changed configuration: %w", err)
	}
	return true, write(s.File, data)
}

// lock takes the lock beside the file, making the folder where there is none.
func lock(ctx context.Context, file string) (unlock func(), err error) {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, &Error{File: dir, Msg: "folder cannot be made", Err: cause(err)}
	}
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	l := flock.New(filepath.Join(dir, ".config.lock"), flock.SetPermissions(0o600))
	if _, err := l.TryLockContext(ctx, 5*time.Millisecond); err != nil {
		return nil, &Error{File: l.Path(), Msg: "cannot be locked", Err: cause(err)}
	}
	return func() { _ = l.Close() }, nil
}

// write replaces the file whole, the target itself where it is a symbolic link.
func write(file string, data []byte) error {
	target, err := filepath.EvalSymlinks(file)
	if errors.Is(err, fs.ErrNotExist) {
		if _, linkErr := os.Lstat(file); linkErr == nil {
			return &Error{File: file, Msg: "is a symbolic link to nothing"}
		}
		target, err = file, nil
	}
	if err == nil {
		removeLeftovers(target)
		err = replace(target, data)
	}
	if err != nil {
		return &Error{File: file, Msg: "cannot be written", Err: cause(err)}
	}
	return nil
}

// removeLeftovers removes what killed processes left half-written. The lock is held, so none of it is in use.
func removeLeftovers(target string) {
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(target), "."+filepath.Base(target)+"[0-9]*"))
	for _, path := range left {
		_ = os.Remove(path)
	}
}
