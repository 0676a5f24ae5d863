package cmd

import "github.com/spf13/cobra"

func newCatalog(app *App) *cobra.Command {
	return group("catalog", "Segment's destinations and the settings they take", newCatalogGet(app), newCatalogList(app))
}
