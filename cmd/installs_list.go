package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/install"
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
				app.sayElsewhere(c.Context(), w)
			}
			return app.Print(c.Context(), views, func() output.Table { return app.installTable(views) })
		},
	}
	many.addChoice(c.Flags())
	return c
}

// sayElsewhere says that no install is saved, and which other profiles have some.
func (a *App) sayElsewhere(ctx context.Context, w *account.World) {
	a.Say("No install is saved in %s.", w.Store)
	dirs, err := a.dirs()
	if err != nil {
		return
	}
	for _, profile := range w.Settings.Profiles() {
		if profile == w.Settings.Profile {
			continue
		}
		if cards, err := install.Open(dirs.State, profile, w.Vault, nil).Cards(ctx); err == nil && len(cards) > 0 {
			a.Say("Profile %s has %s: segctl installs list --profile %s", profile, fleet.CountInWords(len(cards)), profile)
		}
	}
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
