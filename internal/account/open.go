package account

import (
	"context"
	"errors"
	"slices"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/wire"
)

// Open opens the account that is meant: the token that was given for this run or, without one, the saved install that
// sel chooses. With a token that is given, nothing touches the store, and naming an install as well is a
// *GivenTokenError: the two might be two customers.
//
// The errors are those of [World.OpenSaved].
func (w *World) Open(ctx context.Context, sel install.Selector) (*Account, error) {
	if w.Given == "" {
		return w.OpenSaved(ctx, sel)
	}
	if sel.Install != "" {
		return nil, &GivenTokenError{From: w.GivenFrom, Install: sel.Install}
	}
	w.learn(w.Given)
	_, api := w.Settings.Server()
	return w.account(install.Card{}, &given{world: w, api: api}), nil
}

// OpenSaved opens the saved install that sel chooses; an empty selector means the current one. A token that was given
// for this run is a *GivenTokenError. The other errors are *SignInError, *NoSuchInstallError, *AmbiguousInstallError,
// *install.OriginError for an install of another server, and *install.StoreError.
func (w *World) OpenSaved(ctx context.Context, sel install.Selector) (*Account, error) {
	if w.Given != "" {
		return nil, &GivenTokenError{From: w.GivenFrom, Install: sel.Install}
	}
	if err := w.leaveLocked(ctx); err != nil {
		return nil, err
	}
	card, err := w.Choose(ctx, sel)
	if err != nil {
		return nil, err
	}
	return w.OpenCard(card)
}

// OpenCard opens a saved install that was chosen already.
func (w *World) OpenCard(card install.Card) (*Account, error) {
	_, api := w.Settings.Server()
	if card.Origin != "" && card.Origin != api {
		return nil, &install.OriginError{Install: card.Name, Bound: card.Origin, Wanted: api}
	}
	renewer := w.renewer(card.Name)
	if w.quiet {
		return w.account(card, asItIs{renewer}), nil
	}
	return w.account(card, renewer), nil
}

// leaveLocked returns a *LockedError for a quiet World whose keyring is locked: unlocking it would open a window.
func (w *World) leaveLocked(ctx context.Context) error {
	if k, ok := w.Vault.(*install.Keyring); ok && w.quiet && k.IsLocked(ctx) {
		return &LockedError{}
	}
	return nil
}

// Choose returns the card of the saved install that sel means. It reads no secret.
func (w *World) Choose(ctx context.Context, sel install.Selector) (install.Card, error) {
	if sel == (install.Selector{}) {
		return w.current(ctx)
	}
	if name, err := wire.ParseInstallName(sel.Install); err == nil && sel.Workspace == "" && sel.Source == "" {
		card, err := w.Store.Card(ctx, name)
		if !errors.Is(err, install.ErrNotFound) {
			return card, err
		}
	}
	saved, err := w.Store.Cards(ctx)
	if err != nil {
		return install.Card{}, err
	}
	found := sel.Choose(saved)
	switch len(found) {
	case 0:
		return install.Card{}, &NoSuchInstallError{Selector: sel, Store: w.Store.String(), Saved: saved}
	case 1:
		return found[0], nil
	}
	if sel.Install == "" { // a place that several installs cover: the one in use is meant
		current, err := w.Store.Current(ctx)
		if i := slices.IndexFunc(found, func(c install.Card) bool { return c.Name == current }); err == nil && i >= 0 {
			return found[i], nil
		}
	}
	return install.Card{}, &AmbiguousInstallError{Selector: sel, Cards: found}
}

// current returns the card of the install in use.
func (w *World) current(ctx context.Context) (install.Card, error) {
	name, err := w.Store.Current(ctx)
	if err == nil {
		return w.Store.Card(ctx, name)
	}
	if !errors.Is(err, install.ErrNotFound) {
		return install.Card{}, err
	}
	saved, err := w.Store.Cards(ctx)
	if err != nil {
		return install.Card{}, err
	}
	return install.Card{}, &SignInError{Store: w.Store.String(), Saved: saved}
}
