package account

import (
	"context"
	"errors"
	"slices"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/wire"
)

// Prepared is an App that everything is ready for but an owner's answer.
type Prepared struct {
	App   Credentials
	Scope wire.Scope
	Saved []install.Card // installs of this App on this server that are saved already
}

// Prepare finds out all that can be wrong before an owner is asked for consent: that a setting is missing, all of them
// at once (*CredentialsError), that the two servers do not belong together (*ServersError), or that the store would not
// keep what is granted (*install.StoreError).
func (w *World) Prepare(ctx context.Context) (Prepared, error) {
	p := Prepared{Scope: wire.Scope(w.Settings.Get(config.Scope))}
	var err error
	var incomplete *CredentialsError
	if p.App, err = w.Credentials(ctx); err != nil && !errors.As(err, &incomplete) {
		return p, err
	}
	if p.Scope == "" {
		if incomplete == nil {
			incomplete = &CredentialsError{}
		}
		incomplete.Missing = append(incomplete.Missing, config.Scope)
	}
	if incomplete != nil {
		return p, incomplete
	}
	if err := w.Store.Probe(ctx); err != nil {
		return p, err
	}
	p.Saved, err = w.SavedFor(ctx, p.App.ID)
	return p, err
}

// Lacking is what Prepare finds missing, with the setting `store` among it where the store would not keep what is granted:
// all that has to be set before an install, in one error.
func (w *World) Lacking(ctx context.Context) error {
	var incomplete *CredentialsError
	_, err := w.Prepare(ctx)
	if !errors.As(err, &incomplete) {
		return err
	}
	if w.Store.Probe(ctx) != nil {
		incomplete.Missing = append(incomplete.Missing, config.Store)
	}
	return incomplete
}

// Unconfigured reports whether an error says that the App's credentials are not set at all, and none for another server:
// that nobody has set segctl up yet.
func Unconfigured(err error) bool {
	var e *CredentialsError
	return errors.As(err, &e) && len(e.Withheld) == 0 &&
		slices.Contains(e.Missing, config.ClientID) && slices.Contains(e.Missing, config.ClientSecret)
}
