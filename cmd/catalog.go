package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/segment"
)

func newCatalog(app *App) *cobra.Command {
	return group("catalog", "Segment's destinations and the settings they take", newCatalogGet(app), newCatalogList(app))
}

// components are the ways in which a destination gets its events, as one cell: "WEB CLOUD".
func components(d *segment.CatalogDestination) string {
	types := make([]string, len(d.Components))
	for i, c := range d.Components {
		types[i] = c.Type
	}
	return strings.Join(types, " ")
}

// categoriesOf returns where the catalog files an entry, its main category first.
func categoriesOf(d *segment.CatalogDestination) []string {
	var all []string
	for _, category := range append([]string{d.Categories.Primary, d.Categories.Secondary}, d.Categories.Additional...) {
		if category != "" {
			all = append(all, category)
		}
	}
	return all
}
