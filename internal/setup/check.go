package setup

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/segctl/segctl/internal/authorize"
	"github.com/segctl/segctl/internal/authorize/loopback"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/wire"
)

// Check returns what a person gave for a setting as it is to be saved, or why it cannot be: it has not the form that it
// needs (*config.Error), its port is not free on both families (*loopback.PortError), no listener can have it
// (*authorize.RedirectURLError), or the store does not keep what it is given (*install.StoreError).
func (s *Setup) Check(ctx context.Context, key, text string) (string, error) {
	if key == config.Scope {
		text = scopeOf(text)
	}
	if err := config.CheckValue(key, text); err != nil {
		return "", err
	}
	switch key {
	case config.RedirectURL:
		return text, loopback.CheckPort(text)
	case config.Store:
		_, store := s.Open(text)
		return text, store.Probe(ctx)
	}
	return text, nil
}

// scopeOf returns the scope that is meant by a scope, a slug, a name of the catalog, or the URL of its page.
func scopeOf(text string) string {
	if _, err := wire.ParseScope(text); err == nil {
		return text
	}
	name := strings.TrimSuffix(text, "/")
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		name = strings.TrimSuffix(u.Path, "/")
	}
	if slug := path.Base(name); wire.CheckID(slug) == nil {
		return string(wire.DestinationScope(slug))
	}
	return text
}

// Refused asks the authorization server whether it takes the client id, the redirect URL and the scope together, by one
// request whose redirects are not followed. It returns the setting that it refuses, and what it said. Where that is about
// none of them, such as a network that is down, the key is "".
func (s *Setup) Refused(ctx context.Context) (key string, err error) {
	app := s.App
	app.ID, _ = s.Settings.Server()
	app.ClientID, app.RedirectURL, app.Scope = s.Value(config.ClientID), s.Value(config.RedirectURL), wire.Scope(s.Value(config.Scope))
	request, err := app.Begin()
	if err != nil {
		return config.RedirectURL, err
	}
	err = app.Ask(ctx, request)
	refused, ok := errors.AsType[*authorize.Error](err)
	if !ok {
		return "", err
	}
	if refused.Reason == authorize.Other && refused.Code == "" && refused.StatusCode == http.StatusBadRequest {
		// A page for people: a client that is not known is answered 401, so that this is about the redirect URL.
		return config.RedirectURL, fmt.Errorf("the redirect URL is most likely not one that your App is registered with: %w", err)
	}
	switch refused.Reason {
	case authorize.InvalidClient:
		return config.ClientID, err
	case authorize.RedirectMismatch, authorize.InsecureRedirect:
		return config.RedirectURL, err
	case authorize.InvalidScope:
		return config.Scope, err
	case authorize.Other, authorize.Denied, authorize.InstallExists, authorize.InvalidCode, authorize.CodeOrRedirect,
		authorize.UnauthorizedRequest, authorize.CookiesBlocked, authorize.RateLimited, authorize.ServerFailure,
		authorize.BadAnswer, authorize.NoInstall:
	}
	return "", err
}
