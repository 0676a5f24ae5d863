package cmd

import "github.com/spf13/cobra"

func newInstalls(app *App) *cobra.Command {
	c := group("installs", "The installs that are saved on this machine",
		newInstallsImport(app), newInstallsLabel(app), newInstallsList(app), newInstallsRemove(app), newInstallsShow(app),
		newInstallsUse(app))
	c.Long = `An install is named by its name (installs/7, or 7), by its label, by its workspace, or by
workspace/source, such as acme/js. "segctl installs label" gives it a name that you remember.`
	return c
}
