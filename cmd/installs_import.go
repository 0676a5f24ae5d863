package cmd

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
)

func newInstallsImport(app *App) *cobra.Command {
	var sources []string
	c := &cobra.Command{
		Use:   "import NAME",
		Short: "Get an existing install back by its name",
		Long: `Import is the way back in when the App is installed already and nothing is saved: a refresh needs
only the install's name and the App's credentials. The token that was in use elsewhere stops working. Segment's
answer does not say which source the install is for: segctl looks for it, and --source names it where Segment does
not let it look.`,
		Example: "  segctl installs import installs/7\n  segctl installs import installs/7 --source js",
		Args:    oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			ctx := c.Context()
			name, err := install.ParseName(args[0])
			if err != nil {
				return err
			}
			if err := checkSources(sources); err != nil {
				return err
			}
			store, err := app.store()
			if err != nil {
				return err
			}
			session := app.savedSession(store, name)
			var elsewhere *install.OriginError
			if _, err := session.Install(ctx); errors.As(err, &elsewhere) {
				return err // a record of another server is not overwritten
			}
			imported, err := app.importInstall(ctx, store, name, sources)
			if err != nil {
				return err
			}
			app.say("Imported %s into %s.", name, store)
			if len(imported.Sources) == 0 && scopeSlug(imported.Scope) != "" {
				app.session = session
				if imported, err = app.importSource(ctx, store, imported); err != nil {
					return err
				}
			}
			return app.printInstall(ctx, store, imported)
		},
	}
	c.Flags().StringArrayVar(&sources, "source", nil, "source that the install is for, as a slug or full `name` (repeatable)")
	return c
}

// importInstall gets a token for an install by its name alone, saves it and makes it the current one.
func (a *App) importInstall(ctx context.Context, store install.Store, name string, sources []string) (install.Install, error) {
	id, _, err := a.credentials(ctx)
	if err != nil {
		return install.Install{}, err
	}
	var imported install.Install
	var unclear error // of the sources: the token is saved all the same, for the old one is dead
	granted := false
	err = store.Update(ctx, name, func(old *install.Install) (*install.Install, error) {
		grant, err := a.refresh(ctx, name)
		if err != nil {
			return nil, err
		}
		if grant.InstallName == "" {
			grant.InstallName = name
		}
		if imported, err = install.New(grant, id, a.settings.Get(config.APIURL), a.Now()); err != nil {
			return nil, err
		}
		if imported.Name != name {
			return nil, &install.GrantError{Field: "install_name", Problem: "is not " + name}
		}
		if old != nil && len(imported.Sources) == 0 {
			imported.Sources = old.Sources
		}
		if len(sources) > 0 {
			imported.Sources, unclear = fullSources(sources, imported.Workspaces)
		}
		granted = true
		return &imported, nil
	})
	switch {
	case err != nil && granted:
		return imported, &unsavedError{Install: name, Err: err}
	case err != nil:
		return imported, err
	}
	if err := store.Use(ctx, name); err != nil {
		return imported, err
	}
	return imported, unclear
}
