package cmd

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
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
			slug := strings.TrimPrefix(args[0], "catalog/destinations/")
			return app.With(c, placeFlags{}, func(ctx context.Context, acc *account.Account) error {
				d, err := acc.API().CatalogDestination(ctx, slug)
				if err != nil {
					return fmt.Errorf("get catalog destination %q: %w", slug, err)
				}
				if len(d.Settings) == 0 {
					app.Say("%s takes no settings.", d.DisplayName)
				}
				return app.Print(ctx, d, func() output.Table { return entryTable(d.Settings) })
			})
		},
	}
}

func entryTable(settings []segment.Setting) output.Table {
	return output.Table{
		Header: []string{"name", "type", "required", "rule", "description"},
		Rows:   settingRows(nil, "", settings),
		Less:   []string{"rule"},
	}
}

// settingRows appends the rows of settings, and below each those that are nested in it, as "parent.child".
func settingRows(rows [][]string, prefix string, settings []segment.Setting) [][]string {
	for _, s := range settings {
		name := prefix + segment.SettingOf(s.Name)
		rows = append(rows, []string{name, s.Type, strconv.FormatBool(s.Required), s.Rule(), aboutSetting(s)})
		rows = settingRows(rows, name+".", s.Settings)
	}
	return rows
}

// aboutSetting falls back on the name that people see, for many settings have no description.
func aboutSetting(s segment.Setting) string {
	text := s.Description
	if text == "" {
		text = s.DisplayName
	}
	if s.Deprecated {
		text = strings.TrimSpace("(deprecated) " + text)
	}
	return text
}
