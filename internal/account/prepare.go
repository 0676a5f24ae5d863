package account

import (
	"context"
	"errors"

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
