package cmd

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
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
			return app.With(c, placeFlags{}, func(ctx context.Context, acc *account.Account) error {
				all, err := segment.Collect(acc.API().CatalogDestinations(ctx))
				if err != nil {
					return fmt.Errorf("list catalog: %w", err)
				}
				app.rememberCatalog(all)
				if err := checkCategory(segment.CategoryNames(all), category); err != nil {
					return err
				}
				found := segment.SearchCatalog(all, search, category)
				if len(found) == 0 {
					app.Say("The catalog has no such destination.")
				}
				return app.Print(ctx, found, func() output.Table { return catalogTable(found) })
			})
		},
	}
	c.Flags().StringVar(&search, "search", "", "only those with this `text` in slug, name or description")
	c.Flags().StringVar(&category, "category", "", "only those of this category, such as Analytics")
	return c
}

func catalogTable(all []*segment.CatalogDestination) output.Table {
	t := output.Table{Header: []string{"slug", "name", "components", "status", "categories"}, Less: []string{"status", "components"}}
	for _, d := range all {
		types := make([]string, len(d.Components))
		for i, c := range d.Components {
			types[i] = c.Type
		}
		t.Rows = append(t.Rows, []string{
			segment.IDOf(d.Name), d.DisplayName, strings.Join(types, " "), d.Status, strings.Join(d.Categories.All(), ", "),
		})
	}
	return t
}

// checkCategory refuses a category that no entry is in: an empty list would look like an answer.
func checkCategory(known []string, category string) error {
	same := func(name string) bool { return strings.EqualFold(name, category) }
	if category == "" || slices.ContainsFunc(known, same) {
		return nil
	}
	err := problem.Usage("no destination is in a category %q; the categories are %s", category, strings.Join(known, ", "))
	if len(known) == 0 {
		err = problem.Usage("no destination is in a category %q, or in any", category)
	}
	for _, name := range segment.Nearest(category, known) {
		err.Hint("did you mean this one?", "catalog", "list", "--category", name)
	}
	return err.Hint("all of them, with their categories", "catalog", "list")
}
