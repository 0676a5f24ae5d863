package install

import "context"

// Store keeps installs. Names are taken as ParseName takes them.
type Store interface {
	// List returns the names of the installs that are kept, sorted.
	List(ctx context.Context) ([]string, error)

	// Get returns an install. The error wraps ErrNotFound where there is none, and is a *StoreError where there may be
	// one that cannot be read.
	Get(ctx context.Context, name string) (Install, error)

	// Update changes an install. It holds the record while change runs, against every other process, and calls it exactly
	// once: with nil where there is no such install (or none that can be read), and the record it returns is kept. A nil
	// record removes the install. An error from change leaves everything as it was and is returned.
	//
	// Waiting for the record ends with ctx; what change returned is saved all the same, since it may be the only copy of a
	// token. An install that is the first of its store becomes the current one.
	Update(ctx context.Context, name string, change func(old *Install) (*Install, error)) error

	// Current returns the name of the install in use: the one that was chosen, or the only one. The error wraps
	// ErrNotFound where there is neither.
	Current(ctx context.Context) (string, error)

	// Use makes an install the current one. The error wraps ErrNotFound where there is no such install.
	Use(ctx context.Context, name string) error

	// String says in words where the installs are: "keyring", "files in /home/…", "SEGCTL_TOKEN".
	String() string
}

// Vault keeps secrets by account, such as "default/installs/7". A missing one is ErrNotFound, and every other error is a
// *StoreError or the context's.
type Vault interface {
	Get(ctx context.Context, account string) ([]byte, error)
	Set(ctx context.Context, account string, secret []byte) error
	// Delete removes an account. The error is ErrNotFound where there is none.
	Delete(ctx context.Context, account string) error
	// String says in words where the secrets are.
	String() string
}
