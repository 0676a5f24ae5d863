package cmd

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/segment"
)

// refreshed returns the install whose token a request refreshes: "installs/7" for any method on installs/7/token, ""
// for all other requests.
func refreshed(r *segment.Request) string {
	words := strings.Split(r.Path, "/")
	if len(words) != 3 || words[0] != "installs" || words[2] != "token" {
		return ""
	}
	return words[0] + "/" + words[1]
}

// refreshAnswer sends the refresh that GET installs/ID/token is, exactly once. The old token dies with it, so where the
// install is a saved one, its record is locked meanwhile and the new token saved before the answer is returned. The
// answer comes beside an error where there is one: it may be all that is left of the token.
func (a *App) refreshAnswer(ctx context.Context, name string, r *segment.Request) (*segment.Response, error) {
	if r.Method != http.MethodGet || len(r.Query) > 0 || len(r.Header) > 0 || len(r.Body) > 0 {
		return nil, usagef("%s/token is a refresh: it takes GET alone, without fields, headers and body", name).
			hint("segctl token refresh --install " + name)
	}
	if _, err := install.ParseName(name); err != nil {
		return nil, usagef("%w", err)
	}
	id, secret, err := a.credentials(ctx)
	if err != nil {
		return nil, err
	}
	api, err := a.apiClient()
	if err != nil {
		return nil, err
	}
	store, err := a.store()
	if err != nil {
		return nil, err
	}
	saved, err := store.List(ctx)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(saved, name) {
		_, answer, err := api.RefreshAnswer(ctx, name, id, secret)
		return answer, err
	}
	var answer *segment.Response
	session := a.savedSession(store, name)
	session.Refresh = func(ctx context.Context, name string) (install.Grant, error) {
		token, resp, err := api.RefreshAnswer(ctx, name, id, secret)
		answer = resp
		return install.Grant(token), err
	}
	// Where another process has refreshed just now, its token is taken and nothing is sent: there is no answer to print.
	for answer == nil && err == nil {
		_, err = session.Renew(ctx)
	}
	return answer, err
}
