package account

import (
	"fmt"
	"strings"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/wire"
)

// CredentialsError says that the App's client id or client secret is not configured for the server.
type CredentialsError struct {
	Missing  []string // the keys of the settings
	Withheld []string // what is set, in words, but for another server
}

func (e *CredentialsError) Error() string {
	text := "not configured: " + strings.Join(e.Missing, ", ")
	if len(e.Withheld) > 0 {
		text += "; set for another server, and left out: " + strings.Join(e.Withheld, ", ")
	}
	return text
}

// SignInError says that no token is to be had: none is given, and no saved install is the current one.
type SignInError struct {
	Store string         // in words
	Saved []install.Card // the installs to choose from; may be empty
}

func (e *SignInError) Error() string {
	if len(e.Saved) == 0 {
		return "no install is saved in " + e.Store + ", and no token is given"
	}
	return fmt.Sprintf("which install? %d are saved, and none is the current one", len(e.Saved))
}

// NoSuchInstallError says that no saved install is the one that is meant.
type NoSuchInstallError struct {
	Selector install.Selector
	Store    string
	Saved    []install.Card
}

func (e *NoSuchInstallError) Error() string {
	return fmt.Sprintf("no install for %s is saved in %s", describe(e.Selector), e.Store)
}

// Unwrap returns install.ErrNotFound.
func (e *NoSuchInstallError) Unwrap() error { return install.ErrNotFound }

// AmbiguousInstallError says that several saved installs could be meant.
type AmbiguousInstallError struct {
	Selector install.Selector
	Cards    []install.Card
}

func (e *AmbiguousInstallError) Error() string {
	return fmt.Sprintf("which install? %d are saved for %s", len(e.Cards), describe(e.Selector))
}

// describe gives a selector in words, as it was given.
func describe(s install.Selector) string {
	var parts []string
	for _, part := range []struct{ kind, value string }{{"", s.Install}, {"workspace ", s.Workspace}, {"source ", s.Source}} {
		if part.value != "" {
			parts = append(parts, fmt.Sprintf("%s%q", part.kind, part.value))
		}
	}
	return strings.Join(parts, ", ")
}

// GivenTokenError says that a token that was given cannot be refreshed, since no install is known for it; or, with an
// install named as well, that the two may not mean the same customer.
type GivenTokenError struct {
	From    string // "SEGCTL_TOKEN", "standard input"
	Install string // that was named as well; "" where none was
}

func (e *GivenTokenError) Error() string {
	if e.Install != "" {
		return fmt.Sprintf("a token is given (%s), and an install is named (%s): only one of them can be meant", e.From, e.Install)
	}
	return "a token from " + e.From + " cannot be refreshed: it does not tell which install it belongs to"
}

// RefusedTokenError says that the API refused a token that was given, and that there is no other one to try.
type RefusedTokenError struct {
	From    string
	API     wire.Origin
	Foreign bool // the API is on this machine, and no sandbox issued the token
}

func (e *RefusedTokenError) Error() string {
	if e.Foreign {
		return fmt.Sprintf("the token from %s is not one of the sandbox, or whatever else answers on this machine (%s)", e.From, e.API)
	}
	return fmt.Sprintf("the token from %s has expired, was replaced by a refresh, or was issued by another server than %s", e.From, e.API)
}

// ForeignTokenError says that a sandbox's token was about to be sent to another server.
type ForeignTokenError struct{ API wire.Origin }

func (e *ForeignTokenError) Error() string {
	return fmt.Sprintf("this token was issued by a sandbox and is not sent to %s", e.API)
}

// LockedError says that the keyring is locked, and that nobody is to be asked to unlock it.
type LockedError struct{}

func (*LockedError) Error() string { return "the keyring is locked" }

// UnsavedError says that an install was granted and its token could not be saved.
type UnsavedError struct {
	Install string
	Err     error
}

func (e *UnsavedError) Error() string {
	return fmt.Sprintf("%s was granted, but could not be saved: %v", e.Install, e.Err)
}

// Unwrap returns the cause.
func (e *UnsavedError) Unwrap() error { return e.Err }
