package account

import (
	"context"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/wire"
)

// Adopt keeps an install that an owner has just granted, by the rules of Granted, and makes it the current one. The error is
// an *UnsavedError: the grant stands at Segment whatever became of it here.
func (w *World) Adopt(ctx context.Context, g wire.Grant, app Credentials, scope wire.Scope, label string, replace bool) (install.Install, error) {
	granted, keep, err := w.Granted(g, app, scope, label, replace)
	if err != nil {
		return install.Install{}, err
	}
	err = w.Store.Update(ctx, granted.Name, func(old *install.Install) (*install.Install, error) {
		kept, err := keep(old)
		if err == nil {
			granted = *kept
		}
		return kept, err
	})
	if err == nil {
		err = w.Store.Use(ctx, granted.Name)
	}
	if err != nil {
		return install.Install{}, &UnsavedError{Install: granted.Name, Err: err}
	}
	return granted, nil
}

// Granted returns the install that an owner has just granted, and the change that keeps it in place of the one that is kept
// under its name, nil where there is none. A saved install that another server issued is never replaced
// (*install.OriginError), and one of another App only with replace (*OtherAppError). Without a label, it gets that of the one
// before. The error is a *wire.GrantError.
func (w *World) Granted(g wire.Grant, app Credentials, scope wire.Scope, label string, replace bool) (install.Install, func(old *install.Install) (*install.Install, error), error) {
	granted, err := install.New(g, w.binding(app.ID, scope), w.Time())
	if err != nil {
		return install.Install{}, nil, err
	}
	granted.Label = label
	w.learn(granted.Token)
	return granted, func(old *install.Install) (*install.Install, error) {
		kept := granted
		if old == nil {
			return &kept, nil
		}
		if err := old.CheckServer(kept.Issuer, kept.Origin); err != nil {
			return nil, err
		}
		if old.ClientID != "" && old.ClientID != kept.ClientID && !replace {
			return nil, &OtherAppError{Install: old.Name, ClientID: old.ClientID}
		}
		if label == "" {
			kept.Label = old.Label
		}
		return &kept, nil
	}, nil
}

// binding is what installs of an App are bound to under the settings.
func (w *World) binding(clientID string, scope wire.Scope) install.Binding {
	id, api := w.Settings.Server()
	return install.Binding{ClientID: clientID, Issuer: id, Origin: api, Scope: scope}
}

// Binding returns what installs of the App of the settings are bound to, where no server is asked. The vault is left alone:
// the client secret is not needed. The error is a *CredentialsError without a client id, or a *ServersError.
func (w *World) Binding() (install.Binding, error) {
	if err := w.CheckServers(); err != nil {
		return install.Binding{}, err
	}
	id := w.Settings.Get(config.ClientID)
	if id == "" {
		return install.Binding{}, &CredentialsError{Missing: []string{config.ClientID}, Withheld: w.Settings.Withheld()}
	}
	return w.binding(id, wire.Scope(w.Settings.Get(config.Scope))), nil
}

// SavedFor returns the saved installs of an App, for the server of the settings. It reads no secret.
func (w *World) SavedFor(ctx context.Context, clientID string) ([]install.Card, error) {
	saved, err := w.Store.Cards(ctx)
	if err != nil {
		return nil, err
	}
	_, api := w.Settings.Server()
	var own []install.Card
	for _, card := range saved {
		if card.Origin == api && card.ClientID == clientID {
			own = append(own, card)
		}
	}
	return own, nil
}

// OtherAppError says that a saved install belongs to another App.
type OtherAppError struct{ Install, ClientID string }

func (e *OtherAppError) Error() string {
	return e.Install + " is saved here already, as an install of the App with the client id " + e.ClientID
}

// ServersError says that the authorization server and the API of the settings do not belong together: a token of one
// would be sent to the other.
type ServersError struct{ ID, API wire.Origin }

func (e *ServersError) Error() string {
	return "id_url and api_url do not belong together: a token that " + string(e.ID) + " issues would be sent to " + string(e.API)
}

// CheckServers returns a *ServersError unless the two servers of the settings belong together.
func (w *World) CheckServers() error {
	id, api := w.Settings.Server()
	if !wire.Related(id, api) {
		return &ServersError{ID: id, API: api}
	}
	return nil
}
