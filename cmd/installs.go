package cmd

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/output"
)

func newInstalls(app *App) *cobra.Command {
	return group("installs", "The installs that are saved on this machine",
		newInstallsImport(app), newInstallsList(app), newInstallsRemove(app), newInstallsShow(app), newInstallsUse(app))
}

func newInstallsList(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the saved installs",
		Example: "  segctl installs list\n  segctl installs list -o json --jq '.[].name'",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			store, err := app.store()
			if err != nil {
				return err
			}
			names, err := store.List(ctx)
			if err != nil {
				return err
			}
			current, err := store.Current(ctx)
			if err != nil && !errors.Is(err, install.ErrNotFound) {
				return err
			}
			views := make([]installView, 0, len(names))
			var unreadable error // one that is damaged does not hide the others
			for _, name := range names {
				i, err := store.Get(ctx, name)
				switch {
				case isNotFound(err):
					continue // removed meanwhile
				case err != nil:
					unreadable = err
					continue
				}
				views = append(views, app.view(i, store, current))
			}
			if len(names) == 0 {
				app.say("No install is saved in %s.", store)
			}
			if err := app.print(ctx, views, func() output.Table { return app.installTable(views) }); err != nil {
				return err
			}
			return unreadable
		},
	}
}

func (a *App) installTable(views []installView) output.Table {
	t := output.Table{Header: []string{"install", "current", "scope", "on", "expires", "store"}}
	for _, v := range views {
		mark := ""
		if v.Current {
			mark = "*"
		}
		on := where(install.Install{Workspaces: v.Workspaces, Sources: v.Sources})
		t.Rows = append(t.Rows, []string{v.Name, mark, v.Scope, on, a.expiry(v.ExpiresAt), v.Store})
	}
	return t
}
