package account

import (
	"context"
	"errors"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// errGone says that an install that was being changed is not kept any more.
var errGone = errors.New("the install was removed meanwhile")

// RefreshRaw sends the refresh that GET installs/ID/token is, exactly once, and returns the answer as it came. The old
// token dies with it, so where the install is a saved one, its record is held meanwhile and the new token saved before
// the answer is returned. The answer comes beside an error where there is one: it may be all that is left of the token.
func (w *World) RefreshRaw(ctx context.Context, name string) (*segment.Response, error) {
	name, err := wire.ParseInstallName(name)
	if err != nil {
		return nil, err
	}
	app, err := w.Credentials(ctx)
	if err != nil {
		return nil, err
	}
	card, err := w.Store.Card(ctx, name)
	if errors.Is(err, install.ErrNotFound) {
		_, answer, err := w.client().RefreshAnswer(ctx, name, app.ID, app.Secret)
		return answer, err
	}
	if err != nil {
		return nil, err
	}
	var answer *segment.Response
	renewer, client := w.renewer(card.Name), w.client()
	renewer.Refresh = func(ctx context.Context, name string) (wire.Grant, error) {
		g, resp, err := client.RefreshAnswer(ctx, name, app.ID, app.Secret)
		answer = resp
		return g, err
	}
	// Where another process has refreshed just now, its token is taken and nothing is sent: there is no answer to print.
	for answer == nil && err == nil {
		_, err = renewer.Renew(ctx)
	}
	return answer, err
}

// Revoke kills the token of a saved install: the install is refreshed where it was issued, and the new token dropped
// with the record. Without kill, the record alone is removed. A damaged record can be removed as well.
func (w *World) Revoke(ctx context.Context, card install.Card, kill bool) error {
	if kill {
		_, api := w.Settings.Server()
		if card.Origin != "" && card.Origin != api {
			return &install.OriginError{Install: card.Name, Bound: card.Origin, Wanted: api}
		}
	}
	return w.Store.Update(ctx, card.Name, func(*install.Install) (*install.Install, error) {
		if kill {
			if _, err := w.refresher()(ctx, card.Name); err != nil {
				return nil, &RevokeError{Install: card.Name, Err: err}
			}
		}
		return nil, nil
	})
}

// RevokeError says that a token could not be killed, and that it is kept.
type RevokeError struct {
	Install string
	Err     error
}

func (e *RevokeError) Error() string {
	return "revoke the token of " + e.Install + ", which is kept: " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *RevokeError) Unwrap() error { return e.Err }
