package cmd

import (
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
)

func newInstallsList(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the saved installs",
		Long:    "List shows the saved installs, without a look at their tokens: no keyring is opened for it.",
		Example: "  segctl installs list\n  segctl installs list -o json --jq '.[].name'",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			w, err := app.World()
			if err != nil {
				return err
			}
			cards, err := w.Store.Cards(ctx)
			if err != nil {
				return err
			}
			current, err := currentName(ctx, w.Store)
			if err != nil {
				return err
			}
			views := make([]installView, len(cards))
			for i, card := range cards {
				views[i] = app.installView(card, w.Store, current)
			}
			if len(cards) == 0 {
				app.Say("No install is saved in %s.", w.Store)
			}
			return app.Print(ctx, views, func() output.Table { return app.installTable(views) })
		},
	}
}

func (a *App) installTable(views []installView) output.Table {
	t := output.Table{Header: []string{"install", "current", "scope", "on", "expires", "store", "label"}}
	for _, v := range views {
		mark := ""
		if v.Current {
			mark = "*"
		}
		t.Rows = append(t.Rows, []string{v.Name, mark, v.Scope, v.place(), a.expiry(v.ExpiresAt), v.Store, v.Label})
	}
	return t
}
