package cmd

import "github.com/spf13/cobra"

func newWorkspace(app *App) *cobra.Command {
	c := group("workspace", "The customer's workspace", newWorkspaceGet(app), newWorkspaceList(app))
	c.Aliases = []string{"workspaces"}
	return c
}
