package cmd

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/segment"
)

func newSource(app *App) *cobra.Command {
	c := group("source", "Sources of the customer's workspace",
		newSourceCreate(app), newSourceDelete(app), newSourceGet(app), newSourceList(app))
	c.Long = `SOURCE is a slug such as js or a full name such as workspaces/acme/sources/js. An install with a
destination scope may not look at sources: Segment wants workspace:read, or workspace for changes.`
	return c
}

// addWorkspaceFlag is for commands whose argument is the source.
func addWorkspaceFlag(flags *pflag.FlagSet, workspace *string) {
	flags.StringVar(workspace, "workspace", "", "workspace, as a slug or full name (default: the install's)")
}

// sourceArg returns the source that an argument names, else the one source of the install.
func (a *App) sourceArg(ctx context.Context, args []string, workspace string) (segment.Name, error) {
	if len(args) > 0 {
		if args[0] == "" {
			return segment.Name{}, usagef("the name of the source is empty")
		}
		return a.source(ctx, placeFlags{source: args[0], workspace: workspace})
	}
	i, _, err := a.currentInstall(ctx)
	if err != nil {
		return segment.Name{}, err
	}
	if workspace == "" && len(i.Sources) == 1 {
		return segment.ParseName(i.Sources[0])
	}
	return segment.Name{}, whichArgument("source", i.Sources)
}

// whichArgument asks for the argument that stays open, and lists the candidates.
func whichArgument(kind string, candidates []string) error {
	err := usagef("which %s? There are %d", kind, len(candidates))
	if len(candidates) == 0 {
		err = usagef("which %s? The install names none", kind)
	}
	for _, candidate := range candidates {
		err = err.hint("segctl " + kind + " get " + candidate)
	}
	return err.hint("segctl " + kind + " list")
}

// sourceDetails are the rows of one source. Write keys are masked, unless --show-secrets: who has one can send events.
func (a *App) sourceDetails(s *segment.Source) output.Table {
	keys := make([]string, len(s.WriteKeys))
	for i, key := range s.WriteKeys {
		if keys[i] = key; !a.flags.showSecrets {
			keys[i] = output.Mask(key)
		}
	}
	return output.Table{Rows: [][]string{
		{"name", s.Name},
		{"kind", s.CatalogName},
		{"write keys", strings.Join(keys, ", ")},
		{"created", formatTime(s.CreateTime)},
	}}
}
