package cmd

import (
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
)

func newInstallsList(app *App) *cobra.Command {
	var many fleetFlags
	c := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the saved installs",
		Long: `List shows the saved installs, without a look at their tokens: no keyring is opened for it. --match and
--installs-from choose some of them.`,
		Example: `  segctl installs list
  segctl installs list --match 'acme*' --columns install,label
  segctl installs list -o json --jq '.[].name'`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			w, cards, err := app.savedCards(c, &many)
			if err != nil {
				return err
			}
			current, err := currentName(c.Context(), w.Store)
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
			return app.Print(c.Context(), views, func() output.Table { return app.installTable(views) })
		},
	}
	many.addChoice(c.Flags())
	return c
}

func (a *App) installTable(views []installView) output.Table {
	t := output.Table{
		Header: []string{"install", "current", "scope", "on", "expires", "label"},
		Less:   []string{"scope", "expires", "current"},
	}
	for _, v := range views {
		mark := ""
		if v.Current {
			mark = "*"
		}
		t.Rows = append(t.Rows, []string{v.Name, mark, v.Scope, v.place(), a.expiryCell(v.ExpiresAt), v.Label})
	}
	return t
}
