package cmd

import (
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install"
)

func newInstalls(app *App) *cobra.Command {
	c := group("installs", "The installs that are saved on this machine",
		newInstallsExport(app), newInstallsImport(app), newInstallsLabel(app), newInstallsList(app), newInstallsRemove(app),
		newInstallsShow(app), newInstallsUse(app))
	c.Long = `An install is named by its name (installs/7, or 7), by its label, by its workspace, or by
workspace/source, such as acme/js. "segctl installs label" gives it a name that you remember.`
	return c
}

// savedCards returns the saved installs that the flags choose, those of other servers as well: all of them without a flag.
// No secret is read for it.
func (a *App) savedCards(c *cobra.Command, f *fleetFlags) (*account.World, []install.Card, error) {
	if err := f.check(a, c); err != nil {
		return nil, nil, err
	}
	w, err := a.World()
	if err != nil {
		return nil, nil, err
	}
	cards, err := w.Store.Cards(c.Context())
	if err != nil || f.all || !f.isSet() {
		return w, cards, err
	}
	s, err := f.selection(a)
	if err != nil {
		return nil, nil, err
	}
	cards, err = s.Choose(cards)
	return w, cards, err
}
