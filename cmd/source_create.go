package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/segment"
)

// catalogSources is the collection of the kinds of sources.
const catalogSources = "catalog/sources/"

func newSourceCreate(app *App) *cobra.Command {
	var workspace, kind string
	c := &cobra.Command{
		Use:   "create SOURCE --catalog-name KIND",
		Short: "Create a source",
		Example: `  segctl source create js --catalog-name javascript
  segctl source create workspaces/acme/sources/net --catalog-name catalog/sources/net
  segctl api catalog/sources --paginate --jq '.sources[].name'   # the kinds there are`,
		Args: oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			ctx := c.Context()
			catalogName, err := sourceKind(kind)
			if err != nil {
				return err
			}
			name, err := app.sourceArg(ctx, args, workspace)
			if err != nil {
				return err
			}
			api, err := app.client(ctx)
			if err != nil {
				return err
			}
			s, err := api.CreateSource(ctx, name, catalogName)
			if err != nil {
				return fmt.Errorf("create source %q: %w", name, err)
			}
			app.say("%s is created.", name)
			return app.print(ctx, s, func() output.Table { return app.sourceDetails(s) })
		},
	}
	c.Flags().StringVar(&kind, "catalog-name", "", "`kind` of source, such as catalog/sources/javascript or javascript")
	addWorkspaceFlag(c.Flags(), &workspace)
	return c
}

// sourceKind returns the full name of a kind of source, of which the slug is enough.
func sourceKind(kind string) (string, error) {
	const list = "segctl api catalog/sources --paginate --jq '.sources[].name'   # the kinds there are"
	if kind == "" {
		return "", usagef("which kind of source? --catalog-name is missing").
			hint("--catalog-name catalog/sources/javascript").hint(list)
	}
	slug := strings.TrimPrefix(kind, catalogSources)
	if segment.CheckID(slug) != nil {
		return "", usagef("--catalog-name: %q is not the name of a kind of source", kind).hint(list)
	}
	return catalogSources + slug, nil
}
