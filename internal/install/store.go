package install

import "context"

// Store keeps installs. Names are taken as wire.ParseInstallName takes them. Errors of the store are of type *StoreError,
// or the context's.
type Store interface {
	// Cards returns what is known of all the installs besides their tokens, sorted by name. It reads no secret.
	Cards(ctx context.Context) ([]Card, error)

	// Card returns what is known of one install, without reading a secret. The error wraps ErrNotFound where there is no
	// such install.
	Card(ctx context.Context, name string) (Card, error)

	// Get returns an install with its token, "" where it has none yet. The error wraps ErrNotFound where there is no such
	// install, and is a *StoreError where there may be one that cannot be read.
	Get(ctx context.Context, name string) (Install, error)

	// Update changes an install. It holds the install while change runs, against every other process, and calls it at most
	// once: with nil where there is no such install (or none that can be read), and what it returns is kept. nil removes the
	// install. An error from change leaves everything as it was and is returned.
	//
	// Before change is called, the store has proven that it can be written: change may kill the only token that is kept.
	// Waiting for the install ends with ctx; what change returned is saved all the same, since it may be the only copy of a
	// token. An install that is the first of its store becomes the current one.
	Update(ctx context.Context, name string, change func(old *Install) (*Install, error)) error

	// Add keeps many installs that have no token yet, in one pass. Of one that is kept already, the token and what is known
	// stay, and it gets the label and the places of its new card; one that belongs to another server is left alone, and is
	// an *OriginError among the joined errors. The current install stays the current one.
	Add(ctx context.Context, cards []Card) error

	// Current returns the name of the install in use: the one that was chosen, or the only one. The error wraps
	// ErrNotFound where there is neither.
	Current(ctx context.Context) (string, error)

	// Use makes an install the current one. The error wraps ErrNotFound where there is no such install.
	Use(ctx context.Context, name string) error

	// Probe writes an item of the size of a record, reads it back and deletes it.
	Probe(ctx context.Context) error

	// String says in words where the installs are: "keyring", "files in /home/…".
	String() string
}

// Vault keeps secrets by account, such as "default/installs/7". A missing one is ErrNotFound, and every other error is a
// *StoreError or the context's.
type Vault interface {
	Get(ctx context.Context, account string) ([]byte, error)
	Set(ctx context.Context, account string, secret []byte) error
	// Delete removes an account. The error is ErrNotFound where there is none.
	Delete(ctx context.Context, account string) error
	// Prepare makes sure that the secret of an account can be replaced by one of up to size bytes, before something is done
	// that depends on it. old is the secret that is kept, nil if there is none. Nobody else may change the account until
	// Commit or Abort was called.
	Prepare(ctx context.Context, account string, old []byte, size int) (Pending, error)
	// String says in words where the secrets are.
	String() string
}

// Pending is a secret that is about to be replaced.
type Pending interface {
	Commit(ctx context.Context, secret []byte) error
	// Abort leaves the secret as it is. After Commit it does nothing.
	Abort()
}

// pendingSet is the Pending of a vault that has nothing to hold ready.
type pendingSet struct {
	vault   Vault
	account string
}

func (p pendingSet) Commit(ctx context.Context, secret []byte) error {
	return p.vault.Set(ctx, p.account, secret)
}

func (pendingSet) Abort() {}
