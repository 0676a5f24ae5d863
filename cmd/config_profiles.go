package cmd

import (
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/output"
)

// profileView is a profile as it is printed. Its JSON names are promised.
type profileView struct {
	Name    string `json:"name"`
	Current bool   `json:"current"` // what a command uses that is run like this one
}

func newConfigProfiles(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "profiles",
		Short: "List the profiles, with the current one marked",
		Long: `Profiles lists the profiles of config.yaml and those that are built in. The current one is what other
commands use: the one of --profile or --sandbox, of SEGCTL_PROFILE, or of config.yaml.`,
		Example: "  segctl config profiles\n  segctl config set profile acme",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := app.settingsWith(config.Options{NewProfile: true}) // a wrong name is no reason not to list the right ones
			if err != nil {
				return err
			}
			var views []profileView
			for _, name := range s.Profiles() {
				views = append(views, profileView{name, name == s.Profile})
			}
			return app.Print(c.Context(), views, func() output.Table { return profileTable(views) })
		},
	}
}

func profileTable(views []profileView) output.Table {
	t := output.Table{Header: []string{"profile", "current"}}
	for _, v := range views {
		mark := ""
		if v.Current {
			mark = "*"
		}
		t.Rows = append(t.Rows, []string{v.Name, mark})
	}
	return t
}
