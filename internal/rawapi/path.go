package rawapi

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// belowAPI returns what a URL of the API has after the API's origin; a path is one already. The URL of another server is
// refused: what is sent has the token with it.
func belowAPI(where string, api wire.Origin) (string, error) {
	if !strings.Contains(where, "://") {
		return where, nil
	}
	u, err := url.Parse(where)
	if err != nil || u.User != nil || u.Fragment != "" {
		return "", problem.Usage("that is no URL of the API")
	}
	origin, err := wire.ParseOrigin(u.Scheme + "://" + u.Host)
	if err != nil || origin != api {
		return "", problem.Usage("%s://%s is not the API of these settings, %s, and the token goes nowhere else", u.Scheme, u.Host, api).
			Hint("where that is set", "config", "get", config.APIURL)
	}
	path := u.EscapedPath()
	if strings.ContainsAny(u.Path, "{}") {
		path = u.Path // placeholders, which are to be filled
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return path, nil
}

// HasPlaceholders reports whether a path is not yet one that can be asked for.
func HasPlaceholders(path string) bool { return strings.ContainsAny(path, "{}") }

// checkPlaceholders refuses braces that are not part of a placeholder which Fill knows.
func checkPlaceholders(path string) error {
	rest := strings.NewReplacer("{workspace}", "", "{source}", "", "{destination}", "", "{install}", "").Replace(path)
	if !HasPlaceholders(rest) {
		return nil
	}
	_, rest, _ = strings.Cut(rest, "{")
	if word, _, closed := strings.Cut(rest, "}"); closed {
		return problem.Usage("unknown placeholder {%s}: there are {workspace}, {source}, {destination} and {install}", word)
	}
	return problem.Usage("a brace in the path is not part of a placeholder")
}

// Fill puts the ids of the install where the path has placeholders. What the install does not tell is looked up only
// where it is needed. The errors are those of [account.Account.Source] and [account.Account.Workspace],
// *account.NoDestinationError, and a usage error for an install that is not known.
func Fill(ctx context.Context, acc *account.Account, r *segment.Request, place account.Place) error {
	has := func(placeholder string) bool { return strings.Contains(r.Path, placeholder) }
	var name segment.Name
	var err error
	switch {
	case has("{source}"), has("{workspace}") && strings.Contains(place.Source, "/"):
		name, err = acc.Source(ctx, place) // and with it the workspace
	case has("{workspace}"):
		name, err = acc.Workspace(ctx, place)
	}
	if err != nil {
		return err
	}
	slug, install := acc.Scope().Destination(), wire.InstallID(acc.Card().Name)
	switch {
	case has("{destination}") && slug == "":
		return &account.NoDestinationError{Scope: acc.Scope()}
	case has("{install}") && install == "":
		return problem.Usage("which install? The token was given, and does not tell: write its id instead of {install}")
	}
	r.Path = strings.NewReplacer("{workspace}", name.Workspace, "{source}", name.Source, "{destination}", slug,
		"{install}", install).Replace(r.Path)
	return nil
}

// Refresh returns the install that a request would refresh, "" for a request that is none. One that would refresh in
// another way than GET alone does is refused.
func Refresh(r *segment.Request) (install string, err error) {
	install = segment.Refreshed(r.Path)
	if install != "" && (r.Method != http.MethodGet || len(r.Query) > 0 || len(r.Header) > 0 || len(r.Body) > 0) {
		return "", problem.Usage("%s is a refresh: it takes GET alone, without fields, headers and body", r.Path).
			Hint("", "token", "refresh", "--install", install)
	}
	return install, nil
}
