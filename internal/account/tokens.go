package account

import (
	"context"
	"time"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/wire"
)

// renewer returns the token source of a saved install.
func (w *World) renewer(name string) *install.Renewer {
	_, api := w.Settings.Server()
	return &install.Renewer{
		Store:   w.Store,
		Name:    name,
		Origin:  api,
		Refresh: w.refresher(),
		Now:     w.Time,
		Learn:   w.learn,
	}
}

// refresher returns a function that gets a new token for an install, and kills the old one with that. Whatever it is
// called for goes through one client, and so keeps to one rate.
func (w *World) refresher() func(ctx context.Context, name string) (wire.Grant, error) {
	client := w.client()
	return func(ctx context.Context, name string) (wire.Grant, error) {
		app, err := w.Credentials(ctx)
		if err != nil {
			return wire.Grant{}, err
		}
		return client.RefreshInstall(ctx, name, app.ID, app.Secret)
	}
}

// given is a token that was handed over for this run. It cannot be renewed.
type given struct {
	world *World
	api   wire.Origin
}

func (g *given) Token(_ context.Context, rejected string) (string, error) {
	if rejected == "" {
		return g.world.Given, nil
	}
	issued := g.world.IssuedBySandbox != nil && g.world.IssuedBySandbox(g.world.Given)
	return "", &RefusedTokenError{From: g.world.GivenFrom, API: g.api, Foreign: g.api.IsLoopback() && !issued}
}

func (g *given) Renew(context.Context) (install.Install, error) {
	return install.Install{}, &GivenTokenError{From: g.world.GivenFrom}
}

func (g *given) Ensure(ctx context.Context, _ time.Duration) (install.Install, bool, error) {
	i, err := g.Renew(ctx)
	return i, false, err
}

func (g *given) Unsaved() error { return nil }

// asItIs is the token of a saved install that is never renewed. One that is refused stays refused.
type asItIs struct{ renewer *install.Renewer }

func (t asItIs) Token(ctx context.Context, _ string) (string, error) {
	kept, err := t.renewer.Install(ctx)
	return kept.Token, err
}

func (t asItIs) Renew(ctx context.Context) (install.Install, error) { return t.renewer.Install(ctx) }

func (t asItIs) Ensure(ctx context.Context, _ time.Duration) (install.Install, bool, error) {
	i, err := t.Renew(ctx)
	return i, false, err
}

func (t asItIs) Unsaved() error { return nil }
