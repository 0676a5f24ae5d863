package cmd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/segment"
)

func newCatalogList(app *App) *cobra.Command {
	var search, category string
	c := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the destinations of the catalog",
		Example: `  segctl catalog list --search analytics
  segctl catalog list --category "Email Marketing" -o json --jq '.[].name'`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			api, err := app.client(ctx)
			if err != nil {
				return err
			}
			all, err := collect(api.CatalogDestinations(ctx))
			if err != nil {
				return fmt.Errorf("list catalog: %w", err)
			}
			app.rememberCatalog(all)
			if err := checkCategory(all, category); err != nil {
				return err
			}
			all = slices.DeleteFunc(all, func(d *segment.CatalogDestination) bool {
				return !mentions(d, search) || category != "" && !filedUnder(d, category)
			})
			if len(all) == 0 {
				app.say("The catalog has no such destination.")
			}
			return app.print(ctx, all, func() output.Table { return catalogTable(all) })
		},
	}
	c.Flags().StringVar(&search, "search", "", "only those with this `text` in slug, name or description")
	c.Flags().StringVar(&category, "category", "", "only those of this category, such as Analytics")
	return c
}

func catalogTable(all []*segment.CatalogDestination) output.Table {
	t := output.Table{Header: []string{"slug", "name", "components", "status", "categories"}}
	for _, d := range all {
		t.Rows = append(t.Rows, []string{
			slugOf(d.Name), d.DisplayName, components(d), d.Status, strings.Join(categoriesOf(d), ", "),
		})
	}
	return t
}

// mentions reports whether an entry has a text in what people know it by, in any case.
func mentions(d *segment.CatalogDestination, text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc([]string{slugOf(d.Name), d.DisplayName, d.Description}, func(field string) bool {
		return strings.Contains(strings.ToLower(field), text)
	})
}

func filedUnder(d *segment.CatalogDestination, category string) bool {
	return slices.ContainsFunc(categoriesOf(d), func(c string) bool { return strings.EqualFold(c, category) })
}

// checkCategory refuses a category that no entry is in: an empty list would look like an answer.
func checkCategory(all []*segment.CatalogDestination, category string) error {
	if category == "" {
		return nil
	}
	var known []string
	for _, d := range all {
		if filedUnder(d, category) {
			return nil
		}
		known = append(known, categoriesOf(d)...)
	}
	slices.Sort(known)
	known = slices.Compact(known)
	err := usagef("no destination is in a category %q", category)
	for _, name := range segment.Nearest(category, known) {
		err = err.hint(fmt.Sprintf("did you mean: --category %q", name))
	}
	if len(known) > 0 {
		err = err.hint("the categories are " + strings.Join(known, ", "))
	}
	return err.hint("segctl catalog list --search TEXT")
}
