package cmd

import "github.com/spf13/cobra"

func newServeKey(app *App) *cobra.Command {
	return group("key", "Make the keys that secrets are sealed with", newServeKeyCreate(app))
}
