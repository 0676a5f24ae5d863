package cmd

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/segment"
)

// findInstalls returns the names of the index. A store's own list looks into the vault for each of them; over a vault
// that answers without looking it is the index alone, and no keyring is touched.
func (a *App) findInstalls(ctx context.Context, _ *cobra.Command, _ []string) []cobra.Completion {
	store := a.Store
	if store == nil {
		s, err := a.load()
		if err != nil {
			return nil
		}
		dirs, err := a.dirs()
		if err != nil {
			return nil
		}
		store = install.Open(dirs.State, s.Profile, unopened{})
	}
	names, err := store.List(ctx)
	if err != nil {
		return nil
	}
	return names
}

// unopened is a Vault that takes whatever it is asked for to be there.
type unopened struct{}

func (unopened) Get(context.Context, string) ([]byte, error) { return nil, nil }
func (unopened) Set(context.Context, string, []byte) error   { return errUnopened }
func (unopened) Delete(context.Context, string) error        { return errUnopened }
func (unopened) String() string                              { return "index of installs" }

var errUnopened = errors.New("a completion changes nothing")

// errNoQuietToken says that the token cannot be had without reading standard input or unlocking something.
var errNoQuietToken = errors.New("no token without asking for it")

// quietClient returns a client for a completion. Its token is used as it is, for a refresh would kill the one that
// others are using, and a locked keyring is left alone.
func (a *App) quietClient(ctx context.Context) (*segment.Client, error) {
	s, err := a.load()
	if err != nil {
		return nil, err
	}
	given, _ := s.Lookup("SEGCTL_TOKEN")
	fromKeyring := given == "" && a.Store == nil && s.Get(config.Store) == "keyring"
	if a.flags.tokenStdin || fromKeyring && keyringLocked(ctx, a.env) {
		return nil, errNoQuietToken
	}
	session, err := a.tokenSource(ctx)
	if err != nil {
		return nil, err
	}
	session.Refresh = nil
	return a.client(ctx)
}

// findSources returns the sources of the install, or all those of its workspace where it may see them.
func (a *App) findSources(ctx context.Context, c *cobra.Command, _ []string) []cobra.Completion {
	api, err := a.quietClient(ctx)
	if err != nil {
		return nil
	}
	i, _, err := a.currentInstall(ctx)
	if err != nil {
		return nil
	}
	names := i.Sources
	if scopeSlug(i.Scope) == "" {
		workspace, err := a.workspace(ctx, placeFlags{workspace: flagValue(c, "workspace")})
		if err != nil {
			return nil
		}
		for source, err := range api.Sources(ctx, workspace) {
			if err != nil {
				break // what came in time is better than nothing
			}
			names = append(names, source.Name)
		}
	}
	var found []cobra.Completion
	for _, name := range names {
		parsed, err := segment.ParseName(name)
		switch {
		case err != nil:
		case c.Name() == "import": // nothing is saved yet that could complete a slug
			found = append(found, name)
		default:
			found = append(found, described(parsed.Source, name))
		}
	}
	return found
}

// findWorkspaces returns the workspaces of the install, or those that a given token sees.
func (a *App) findWorkspaces(ctx context.Context, _ *cobra.Command, _ []string) []cobra.Completion {
	api, err := a.quietClient(ctx)
	if err != nil {
		return nil
	}
	i, _, err := a.currentInstall(ctx)
	if err != nil {
		return nil
	}
	names := i.Workspaces
	if len(names) == 0 {
		for workspace, err := range api.Workspaces(ctx) {
			if err != nil {
				break
			}
			names = append(names, workspace.Name)
		}
	}
	var found []cobra.Completion
	for _, name := range names {
		if parsed, err := segment.ParseName(name); err == nil {
			found = append(found, parsed.Workspace)
		}
	}
	return found
}

func flagValue(c *cobra.Command, name string) string {
	if f := c.Flags().Lookup(name); f != nil {
		return f.Value.String()
	}
	return ""
}
