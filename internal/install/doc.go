// Package install keeps what a workspace owner granted an App: the Install, its token, and when to get the next one.
//
// A record lives in a Vault (the system's keyring, or private files), an index of names and locks live in a folder beside
// it, and a Session decides when a token must be refreshed. Refreshing kills the old token at once, so it happens under a
// lock that holds across processes, and what another process has just obtained is reused.
//
// The package knows nothing of HTTP, of commands or of settings: it is handed a function that refreshes, and it says what
// went wrong by type, so that others can say what to do about it.
package install
