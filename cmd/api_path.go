package cmd

import (
	"context"
	"strings"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// hasPlaceholders reports whether a path is not yet one that can be asked for.
func hasPlaceholders(path string) bool { return strings.ContainsAny(path, "{}") }

// checkPlaceholders refuses braces that are not part of a placeholder which fillPath knows.
func checkPlaceholders(path string) error {
	rest := strings.NewReplacer("{workspace}", "", "{source}", "", "{destination}", "", "{install}", "").Replace(path)
	if !hasPlaceholders(rest) {
		return nil
	}
	_, rest, _ = strings.Cut(rest, "{")
	if word, _, closed := strings.Cut(rest, "}"); closed {
		return problem.Usage("unknown placeholder {%s}: there are {workspace}, {source}, {destination} and {install}", word)
	}
	return problem.Usage("a brace in the path is not part of a placeholder")
}

// fillPath puts the ids of the install where the path has placeholders. What the install does not tell is looked up only
// where it is needed.
func fillPath(ctx context.Context, acc *account.Account, r *segment.Request, place placeFlags) error {
	has := func(placeholder string) bool { return strings.Contains(r.Path, placeholder) }
	var name segment.Name
	var err error
	switch {
	case has("{source}"), has("{workspace}") && strings.Contains(place.source, "/"):
		name, err = acc.Source(ctx, place.place()) // and with it the workspace
	case has("{workspace}"):
		name, err = acc.Workspace(ctx, place.place())
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
