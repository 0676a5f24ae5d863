package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
)

func newConfigList(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the settings, and where each comes from",
		Long: `List shows the settings that the other commands would use. The first of these places that has a
setting decides: a flag, the environment (SEGCTL_SCOPE for scope, and so on), the file of --env-file,
the profile in config.yaml, what is built in. The client secret may also be in the store (the
keyring, a file or the database), which is asked last.

A client id, client secret or token goes only to the server that it was set for: the one of the api_url
that is set in the same place or, where none is, Segment's. Elsewhere it is left out, and list says so.`,
		Example: "  segctl config list\n  segctl config list --profile acme -o json",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			s, err := app.Settings()
			if err != nil {
				return err
			}
			var views []settingView
			for _, key := range configKeys() {
				v, err := app.setting(ctx, s, key)
				if ctx.Err() != nil {
					return ctx.Err()
				}
				if err != nil { // a store that cannot be read does not hide the other settings
					v.Source = "unknown: " + err.Error()
				}
				views = append(views, v)
			}
			if withheld := s.Withheld(); len(withheld) > 0 {
				app.Say("Note: left out, for another server than api_url: %s.", strings.Join(withheld, ", "))
			}
			return app.Print(ctx, views, func() output.Table { return settingTable(views) })
		},
	}
}

func settingTable(views []settingView) output.Table {
	t := output.Table{Header: []string{"setting", "value", "source"}}
	for _, v := range views {
		t.Rows = append(t.Rows, []string{v.Key, v.Value, v.Source})
	}
	return t
}
