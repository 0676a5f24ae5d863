package install

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
)

// Files is a Vault of files under a folder, 0600 in a folder 0700, each replaced in one step. It is plain text: for
// machines without a keyring, and only where the user asked for it.
type Files struct {
	// Dir gets the folders "secrets" and "locks". It is the same folder that Open is given.
	Dir string
}

func (v Files) folder() folder {
	return folder{filepath.Join(v.Dir, "secrets"), locks{filepath.Join(v.Dir, "locks")}}
}

// Get returns a secret, or ErrNotFound.
func (v Files) Get(_ context.Context, account string) ([]byte, error) {
	secret, err := v.folder().read(fileName(account))
	if err != nil {
		return nil, v.fault("read", account, err)
	}
	return secret, nil
}

// Set keeps a secret.
func (v Files) Set(ctx context.Context, account string, secret []byte) error {
	f := v.folder()
	unlock, err := f.locks.lock(ctx, writeLock)
	if err != nil {
		return err
	}
	defer unlock()
	if err := f.write(fileName(account), secret); err != nil {
		return v.fault("write", account, err)
	}
	return nil
}

// Delete removes a secret, or returns ErrNotFound.
func (v Files) Delete(ctx context.Context, account string) error {
	f := v.folder()
	unlock, err := f.locks.lock(ctx, writeLock)
	if err != nil {
		return err
	}
	defer unlock()
	if err := f.remove(fileName(account)); err != nil {
		return v.fault("delete", account, err)
	}
	return nil
}

func (v Files) fault(op, account string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNotFound
	}
	return v.folder().fault(op, account, fileName(account), err)
}

func (v Files) String() string { return "files in " + v.folder().path }
