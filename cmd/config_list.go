package cmd

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/output"
)

func newConfigList(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the settings, and where each comes from",
		Long: `List shows the settings that the other commands would use. The first of these places that has a
setting decides: a flag, the environment (SEGCTL_SCOPE for scope, and so on), the file of --env-file,
the profile in config.yaml, what is built in. The client secret may also be in the keyring, which is
asked last.`,
		Example: "  segctl config list\n  segctl config list --profile acme -o json",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			s, err := app.load()
			if err != nil {
				return err
			}
			var views []settingView
			for _, key := range configKeys() {
				v, err := app.setting(ctx, s, key)
				var unreadable *install.StoreError
				switch {
				case ctx.Err() != nil:
					return ctx.Err()
				case errors.As(err, &unreadable):
					v.Source = "unknown: " + unreadable.Error()
				case err != nil:
					return err
				}
				views = append(views, v)
			}
			return app.print(ctx, views, func() output.Table {
				t := output.Table{Header: []string{"setting", "value", "source"}}
				for _, v := range views {
					t.Rows = append(t.Rows, []string{v.Key, v.Value, v.Source})
				}
				return t
			})
		},
	}
}
