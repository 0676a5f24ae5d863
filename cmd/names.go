package cmd

import (
	"context"
	"strings"

	"github.com/spf13/pflag"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/segment"
)

// placeFlags say which workspace and source a command means, where the install leaves it open.
type placeFlags struct{ workspace, source string }

func (p *placeFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&p.source, "source", "", "source, as a slug or full name (default: the install's)")
	flags.StringVar(&p.workspace, "workspace", "", "workspace, as a slug or full name (default: the install's)")
}

// check refuses flags that contradict a full name: one of the two must be a mistake.
func (p placeFlags) check(n segment.Name) error {
	switch {
	case p.workspace != "" && strings.TrimPrefix(p.workspace, "workspaces/") != n.Workspace:
		return usagef("%q is not in the workspace %q", n, p.workspace)
	case p.source != "" && p.source != n.Source && p.source != (segment.Name{Workspace: n.Workspace, Source: n.Source}).String():
		return usagef("%q is not in the source %q", n, p.source)
	}
	return nil
}

// scopeSlug returns the destination that a scope names, "" for other scopes.
func scopeSlug(scope string) string {
	slug, ok := strings.CutPrefix(scope, "destination/")
	if !ok {
		return ""
	}
	return slug
}

// destination returns the full name of the destination that a command means. What the arguments and flags leave out
// comes from the install, then from Segment; what stays ambiguous is an *ambiguousError. With any error about the
// source, the slug is returned all the same.
func (a *App) destination(ctx context.Context, args []string, place placeFlags) (segment.Name, error) {
	var arg string
	if len(args) > 0 {
		// An empty one is a variable that a script forgot to set, not the destination of the scope.
		if arg = args[0]; arg == "" {
			return segment.Name{}, usagef("the name of the destination is empty").hint("segctl dest list")
		}
	}
	if strings.Contains(arg, "/") {
		name, err := segment.ParseName(arg)
		if err != nil {
			return segment.Name{}, err
		}
		if name.Destination == "" {
			return segment.Name{}, usagef("%q is not the name of a destination", arg).hint("segctl dest list")
		}
		return name, place.check(name)
	}
	if arg == "" {
		var err error
		if arg, err = a.scopedSlug(ctx); err != nil {
			return segment.Name{}, err
		}
	}
	if err := segment.CheckID(arg); err != nil {
		return segment.Name{}, err
	}
	source, err := a.source(ctx, place)
	source.Destination = arg
	return source, err
}

// scopedSlug returns the destination that the install's scope names or, with a token that was given, the one of the
// setting `scope`.
func (a *App) scopedSlug(ctx context.Context) (string, error) {
	i, known, err := a.currentInstall(ctx)
	if err != nil {
		return "", err
	}
	scope := i.Scope
	if !known {
		s, err := a.load()
		if err != nil {
			return "", err
		}
		scope = s.Get(config.Scope)
	}
	if slug := scopeSlug(scope); slug != "" {
		return slug, nil
	}
	return "", usagef("which destination? The scope names none").
		hint("give its slug or full name, such as clearbrain").hint("segctl dest list")
}
