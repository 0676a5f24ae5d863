package cmd

import "github.com/spf13/cobra"

func newToken(app *App) *cobra.Command {
	return group("token", "The install token",
		newTokenPrint(app), newTokenRefresh(app), newTokenShow(app))
}
