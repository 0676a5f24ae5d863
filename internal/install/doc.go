// Package install keeps what a workspace owner granted an App: the Install, its token, and when to get the next one.
//
// A record with the token lives in a Vault (the system's keyring, or private files). A Card, which is the record without
// its secret, lies in a file of its own beside it, so that installs can be listed and chosen without reading a secret. The
// record is the truth; a card without a record is an install that has no token yet.
//
// A Renewer decides when a token must be refreshed. Refreshing kills the old token at once, so it happens under a lock of
// that install that holds across processes, after the store has proven that it can be written, and what another process
// has just obtained is reused. It touches the record, the card and the lock of that install, and nothing that others share.
//
// The package knows nothing of HTTP, of commands or of settings: it is handed a function that refreshes, and it says what
// went wrong by type, so that others can say what to do about it.
package install
