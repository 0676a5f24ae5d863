package cmd

import (
	"context"
	"errors"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/segment"
)

// checkToken tells what the next command would work with. The token is sent to the API as it is and never refreshed: a
// refresh kills the old token, and a diagnosis changes nothing.
func (a *App) checkToken(ctx context.Context, s *config.Settings, vault vaultState, api hostState) finding {
	const check = "token"
	if given, _ := s.Lookup("SEGCTL_TOKEN"); given == "" && !a.flags.tokenStdin && !vault.readable {
		return warned(check, "unknown: the store cannot be read")
	}
	session, err := a.tokenSource(ctx)
	if errors.Is(err, errSignIn) {
		return warned(check, "%v", err).advise("segctl install")
	} else if err != nil {
		return a.explained(check, err)
	}
	i, err := session.Install(ctx)
	var foreign *install.OriginError
	switch {
	case errors.As(err, &foreign) && !api.answered:
		return warned(check, "%v; not checked: network, see api_url", err)
	case err != nil:
		return a.explained(check, err)
	}
	about := "from " + session.Store.String()
	due := false
	saved := session.Refresh != nil
	if saved {
		about = i.Name + ", expires " + a.expiry(i.ExpiresAt)
		if due, err = a.isDue(ctx, session, i); err != nil {
			return a.explained(check, err)
		}
		session.Refresh = nil
	}
	next := "segctl token refresh"
	renewable := saved && s.Get(config.ClientID) != "" && (s.Get(config.ClientSecret) != "" || vault.hasSecret)
	if !renewable {
		next = "segctl config set client_id …, and client_secret   # without them it cannot be refreshed"
	}
	if !api.answered {
		return warned(check, "%s; not checked: network, see api_url", about)
	}
	err = a.tryToken(ctx, i)
	switch {
	case err == nil && due && renewable:
		return passed(check, "%s; accepted by the API; the next command refreshes it", about)
	case err == nil && due:
		return warned(check, "%s; accepted by the API, but not for long", about).advise(next)
	case err == nil:
		return passed(check, "%s; accepted by the API", about)
	case segment.HasReason(err, segment.Unauthenticated) && renewable:
		return warned(check, "%s; refused by the API; the next command refreshes it", about).advise(next)
	case segment.HasReason(err, segment.Unauthenticated) && saved:
		return failed(check, "%s; refused by the API", about).advise(next)
	case segment.HasReason(err, segment.Unauthenticated):
		return failed(check, "%s; refused by the API: expired, replaced by a refresh, or of another server", about).
			advise("unset SEGCTL_TOKEN, or leave --token-stdin out   # then the saved install is used, which can be refreshed")
	case errors.Is(err, errForeignToken):
		return a.explained(check, err)
	}
	return warned(check, "%s; not checked: %v", about, err)
}

// tryToken sends a harmless request: for the one destination that a destination scope covers, else for the workspaces.
// An answer other than 401 shows that the token was taken, whatever it may do.
func (a *App) tryToken(ctx context.Context, i install.Install) error {
	api, err := a.client(ctx)
	if err != nil {
		return err
	}
	if slug := scopeSlug(i.Scope); slug != "" && len(i.Sources) > 0 {
		name, err := segment.ParseName(i.Sources[0])
		if err != nil {
			return err
		}
		name.Destination = slug
		_, err = api.Destination(ctx, name)
		return unlessTaken(err)
	}
	for _, err := range api.Workspaces(ctx) {
		return unlessTaken(err) // the first is enough
	}
	return nil
}

func unlessTaken(err error) error {
	if segment.HasReason(err, segment.PermissionDenied) || segment.HasReason(err, segment.NotFound) {
		return nil
	}
	return err
}

// errNoRefresh ends a refresh that was only asked about.
var errNoRefresh = errors.New("not refreshed")

// isDue reports whether a command would refresh the install first. The rule is the session's own, so it is the one to be
// asked: on a copy of the record that nobody else sees.
func (a *App) isDue(ctx context.Context, session *install.Session, i install.Install) (bool, error) {
	store := install.NewMemory()
	err := store.Update(ctx, i.Name, func(*install.Install) (*install.Install, error) { return &i, nil })
	if err != nil {
		return false, err
	}
	copied := &install.Session{
		Store:   store,
		Name:    i.Name,
		Origin:  session.Origin,
		Now:     session.Now,
		Refresh: func(context.Context, string) (install.Grant, error) { return install.Grant{}, errNoRefresh },
	}
	_, err = copied.Token(ctx, "")
	if errors.Is(err, errNoRefresh) {
		return true, nil
	}
	return false, err
}
