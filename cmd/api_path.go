package cmd

import (
	"context"
	"regexp"
	"strings"

	"github.com/segctl/segctl/internal/segment"
)

// fillPath puts the ids of the current install where the path has placeholders. Those that it does not name are looked
// up only when they stand in the path.
func (a *App) fillPath(ctx context.Context, path string, place placeFlags) (string, error) {
	if !strings.ContainsAny(path, "{}") {
		return path, nil
	}
	ids := map[string]string{}
	for _, word := range regexp.MustCompile(`\{[^{}/]*\}`).FindAllString(path, -1) {
		ids[word] = ""
	}
	if err := a.lookUpIDs(ctx, ids, place); err != nil {
		return "", err
	}
	for word, id := range ids {
		path = strings.ReplaceAll(path, word, id)
	}
	if strings.ContainsAny(path, "{}") {
		return "", usagef("a brace in the path is not part of a placeholder")
	}
	return path, nil
}

// lookUpIDs sets the values of the placeholders that are the keys of ids.
func (a *App) lookUpIDs(ctx context.Context, ids map[string]string, place placeFlags) error {
	var name segment.Name
	var err error
	for word := range ids {
		switch word {
		case "{source}":
			name, err = a.source(ctx, place) // and with it the workspace
		case "{workspace}":
			if _, both := ids["{source}"]; both {
				continue
			}
			name, err = a.workspace(ctx, place)
		case "{destination}":
			ids[word], err = a.scopedSlug(ctx)
		case "{install}":
			ids[word], err = a.installID(ctx)
		default:
			err = usagef("unknown placeholder %s", word).hint("the placeholders are {workspace}, {source}, {destination}, {install}")
		}
		if err != nil {
			return err
		}
	}
	for word, id := range map[string]string{"{workspace}": name.Workspace, "{source}": name.Source} {
		if _, wanted := ids[word]; wanted {
			ids[word] = id
		}
	}
	return nil
}

// installID returns the id of the current install, "7".
func (a *App) installID(ctx context.Context) (string, error) {
	i, known, err := a.currentInstall(ctx)
	if err == nil && !known {
		err = usagef("which install? The token was given, and does not tell").hint("write its id instead of {install}")
	}
	return slugOf(i.Name), err
}
