package cmd

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/segment"
)

func newCatalogGet(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "get SLUG",
		Short: "Show the settings that a destination takes",
		Long: `Get shows the settings of one destination of the catalog: what --set takes, and by which rules it is
checked. With -o json, it is the whole entry.`,
		Example: `  segctl catalog get clearbrain
  segctl catalog get google-analytics -o json --jq '.settings[] | select(.required) | .name'`,
		Args: oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			ctx := c.Context()
			api, err := app.client(ctx)
			if err != nil {
				return err
			}
			slug := strings.TrimPrefix(args[0], "catalog/destinations/")
			d, err := api.CatalogDestination(ctx, slug)
			if err != nil {
				return fmt.Errorf("get catalog destination %q: %w", slug, err)
			}
			if len(d.Settings) == 0 {
				app.say("%s takes no settings.", d.DisplayName)
			}
			return app.print(ctx, d, func() output.Table {
				t := output.Table{Header: []string{"name", "type", "required", "rule", "description"}}
				t.Rows = settingRows(nil, "", d.Settings)
				return t
			})
		},
	}
}

// settingRows appends the rows of settings, and below each those that are nested in it, as "parent.child".
func settingRows(rows [][]string, prefix string, settings []segment.Setting) [][]string {
	for _, s := range settings {
		name := prefix + segment.SettingOf(s.Name)
		rows = append(rows, []string{name, s.Type, strconv.FormatBool(s.Required), s.Rule(), describe(s)})
		rows = settingRows(rows, name+".", s.Settings)
	}
	return rows
}

// describe falls back on the name that people see, for many settings have no description.
func describe(s segment.Setting) string {
	text := s.Description
	if text == "" {
		text = s.DisplayName
	}
	if s.Deprecated {
		text = strings.TrimSpace("(deprecated) " + text)
	}
	return text
}
