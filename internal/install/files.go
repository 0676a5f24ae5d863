package install

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/segctl/segctl/internal/private"
)

// Files is a Vault of files under a folder, 0600 in a folder 0700, each replaced in one step. It is plain text: for
// machines without a keyring, and only where the user asked for it.
type Files struct {
	// Dir gets the folder "secrets". It is the same folder that Open is given.
	Dir string
}

// Folder returns the folder that the secrets are in.
func (v Files) Folder() string { return filepath.Join(v.Dir, "secrets") }

func (v Files) folder() private.Folder { return private.Folder{Path: v.Folder()} }

// Get returns a secret, or ErrNotFound.
func (v Files) Get(_ context.Context, account string) ([]byte, error) {
	secret, err := v.folder().Read(private.FileName(account))
	if err != nil {
		return nil, v.fault("read", account, err)
	}
	return secret, nil
}

// Set keeps a secret.
func (v Files) Set(_ context.Context, account string, secret []byte) error {
	if err := v.folder().Write(private.FileName(account), secret); err != nil {
		return v.fault("write", account, err)
	}
	return nil
}

// Delete removes a secret, or returns ErrNotFound.
func (v Files) Delete(_ context.Context, account string) error {
	if err := v.folder().Remove(private.FileName(account)); err != nil {
		return v.fault("delete", account, err)
	}
	return nil
}

// Prepare makes and fills the temporary file.
func (v Files) Prepare(_ context.Context, account string, _ []byte, size int) (Pending, error) {
	p, err := v.folder().Prepare(private.FileName(account), size)
	if err != nil {
		return nil, v.fault("write", account, err)
	}
	return &pendingFile{v, account, p}, nil
}

// tidy removes temporary files that killed processes left: there are secrets in them.
func (v Files) tidy() { _, _ = v.folder().Names() }

func (v Files) fault(op, account string, err error) error {
	if op != "write" && errors.Is(err, fs.ErrNotExist) {
		return ErrNotFound
	}
	return fileError(op, account, v.String(), err)
}

func (v Files) String() string { return "files in " + v.Folder() }

type pendingFile struct {
	vault   Files
	account string
	file    *private.Pending
}

func (p *pendingFile) Commit(_ context.Context, secret []byte) error {
	if err := p.file.Commit(secret); err != nil {
		return p.vault.fault("write", p.account, err)
	}
	return nil
}

func (p *pendingFile) Abort() { p.file.Abort() }
