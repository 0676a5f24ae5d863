package cmd

import "github.com/spf13/cobra"

func newDest(app *App) *cobra.Command {
	c := group("dest", "Your destination on the customer's source",
		newDestApply(app), newDestCheck(app), newDestCreate(app), newDestDelete(app), newDestDiff(app), newDestDisable(app),
		newDestEnable(app), newDestExport(app), newDestGet(app), newDestList(app), newDestUpdate(app), newDestWatch(app))
	c.Aliases = []string{"destination", "destinations"}
	c.Long = `DEST is a slug such as clearbrain or a full name such as
workspaces/acme/sources/js/destinations/clearbrain. Left out, it is the one that the install's scope names.`
	return c
}
