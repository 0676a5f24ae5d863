package cmd

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/wire"
)

// catalogSources is the collection of the kinds of sources.
const catalogSources = "catalog/sources/"

func newSourceCreate(app *App) *cobra.Command {
	var place placeFlags
	var kind string
	c := &cobra.Command{
		Use:   "create SOURCE --catalog-name KIND",
		Short: "Create a source",
		Example: `  segctl source create js --catalog-name javascript
  segctl source create workspaces/acme/sources/net --catalog-name catalog/sources/net
  segctl api catalog/sources --paginate --jq '.sources[].name'   # the kinds there are`,
		Args: oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			catalogName, err := sourceKind(kind)
			if err != nil {
				return err
			}
			wanted, err := sourceArg(args, place)
			if err != nil {
				return err
			}
			return app.With(c, place, func(ctx context.Context, acc *account.Account) error {
				name, err := acc.SourceItself(ctx, wanted)
				if err != nil {
					return err
				}
				s, err := acc.API().CreateSource(ctx, name, catalogName)
				if err != nil {
					return fmt.Errorf("create source %q: %w", name, err)
				}
				app.Say("✓ %s is created.", name)
				return app.PrintIfAsked(ctx, s, func() output.Table { return app.sourceDetails(s) })
			})
		},
	}
	c.Flags().StringVar(&kind, "catalog-name", "", "`kind` of source, such as catalog/sources/javascript or javascript")
	place.addWorkspace(c.Flags())
	return c
}

// sourceKind returns the full name of a kind of source, of which the slug is enough.
func sourceKind(kind string) (string, error) {
	slug := strings.TrimPrefix(kind, catalogSources)
	if kind != "" && wire.CheckID(slug) == nil {
		return catalogSources + slug, nil
	}
	err := problem.Usage("--catalog-name: %q is not the name of a kind of source, such as catalog/sources/javascript", kind)
	if kind == "" {
		err = problem.Usage("which kind of source? --catalog-name is missing, such as catalog/sources/javascript")
	}
	return "", err.Hint("the kinds there are", "api", "catalog/sources", "--paginate", "--jq", ".sources[].name")
}
