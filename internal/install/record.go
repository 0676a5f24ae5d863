package install

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/segctl/segctl/internal/wire"
)

// Install is an App authorised on a workspace, with the token that belongs to it. Marshalled to JSON or printed, it
// shows no token.
type Install struct {
	Card
	Token string `json:"-"` // "" where there is none yet
}

// String returns the name alone: an Install that ends up in a message gives nothing away.
func (i Install) String() string { return i.Name }

// GoString is String, for %#v.
func (i Install) GoString() string { return i.Name }

// Binding is what a grant was asked for, and where.
type Binding struct {
	ClientID string
	Issuer   wire.Origin // the authorization server
	Origin   wire.Origin // its API
	Scope    wire.Scope
}

// New returns the Install that a grant describes. A scope that the answer leaves out is the one that was asked for
// (RFC 6749 §5.1). The error is a *wire.GrantError where the grant cannot be used, such as one that names no install.
func New(g wire.Grant, b Binding, now time.Time) (Install, error) {
	if g.InstallName == "" {
		return Install{}, &wire.GrantError{Field: "install_name", Problem: "is missing"}
	}
	name, err := wire.ParseInstallName(g.InstallName)
	if err != nil {
		return Install{}, &wire.GrantError{Field: "install_name", Problem: "is not the name of an install"}
	}
	card, err := b.Card(name)
	if err != nil {
		return Install{}, err
	}
	return Install{Card: card}.Renewed(g, now)
}

// Card returns the card of an install with that canonical name, before anything else is known of it.
func (b Binding) Card(name string) (Card, error) {
	if len(b.ClientID) > maxClientID || strings.ContainsFunc(b.ClientID, func(r rune) bool { return r < ' ' || r > '~' }) {
		return Card{}, errors.New("the client id is not a short line of text")
	}
	return Card{Name: name, ClientID: b.ClientID, Issuer: b.Issuer, Origin: b.Origin, Scope: b.Scope}, nil
}

// maxClientID bounds a client id, in bytes: it must leave room for the token in a record.
const maxClientID = 256

// CanReplace returns an error where the install is another one than the store is asked to change: no customer's record may get
// into the place of another one's.
func (i Install) CanReplace(name string) error {
	if i.Name != name {
		return fmt.Errorf("update install %q: the new record is of %q", name, i.Name)
	}
	return nil
}

// Renewed returns the Install with what a refresh granted. What the answer leaves out (it has no source names) is kept.
// The error is a *wire.GrantError.
func (i Install) Renewed(g wire.Grant, now time.Time) (Install, error) {
	if err := wire.CheckToken(g.AccessToken); err != nil {
		return Install{}, &wire.GrantError{Field: "access_token", Problem: err.Error()}
	}
	if g.InstallName != "" {
		// A token of another install would act on another customer's workspace.
		if name, err := wire.ParseInstallName(g.InstallName); err != nil || name != i.Name {
			return Install{}, &wire.GrantError{Field: "install_name", Problem: "is not " + i.Name}
		}
	}
	i.Token = g.AccessToken
	i.ObtainedAt = now.UTC().Truncate(time.Millisecond)
	i.ExpiresAt = i.ObtainedAt.Add(g.Lifetime)
	i.Scope, i.App = first(g.Scope, i.Scope), first(g.AppName, i.App)
	if len(g.WorkspaceNames) > 0 {
		i.Workspaces = g.WorkspaceNames
	}
	if len(g.SourceNames) > 0 {
		i.Sources = g.SourceNames
	}
	return i.fitted()
}

// longestMargin is how long before its expiry a token is replaced, so that no request is on its way with a dying token.
const longestMargin = 5 * time.Minute

// Due reports whether the install needs another token: it has none, or its token has expired or is about to. The margin
// shrinks with short lives, else a token would be about to expire from the start. A token whose expiry is unknown is good
// until it is refused.
func (i Install) Due(now time.Time) bool {
	if i.Token == "" || i.ExpiresAt.IsZero() {
		return i.Token == ""
	}
	margin := min(longestMargin, max(0, i.ExpiresAt.Sub(i.ObtainedAt)/10))
	return !now.Before(i.ExpiresAt.Add(-margin))
}

// fitted shortens long lists of names until the record can be saved. Two names stay in any case: one of many must not
// look like the only one.
func (i Install) fitted() (Install, error) {
	for {
		if _, err := EncodeRecord(i); err == nil {
			return i, nil
		}
		longest := &i.Workspaces
		if len(i.Sources) > len(i.Workspaces) {
			longest = &i.Sources
		}
		if len(*longest) <= 2 {
			return Install{}, &wire.GrantError{Problem: fmt.Sprintf("does not fit in the %d bytes of a record", MaxRecord)}
		}
		*longest = (*longest)[:len(*longest)-1]
	}
}
