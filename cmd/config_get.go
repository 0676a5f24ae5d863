package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
)

func newConfigGet(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "get KEY",
		Short: "Print the value of one setting",
		Long: `Get prints a value and nothing else, wherever it comes from. A setting that has none is an error with
exit code 3. The client secret, and a password in database_url, is masked, unless --show-secrets is
given.`,
		Example: "  segctl config get scope\n  segctl config get client_secret --show-secrets",
		Args:    oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkConfigKey(c, args[0]); err != nil {
				return err
			}
			s, err := app.Settings()
			if err != nil {
				return err
			}
			v, err := app.setting(c.Context(), s, args[0])
			if err != nil {
				return err
			}
			if v.Value == "" {
				return notSet(s, v.Key)
			}
			p, err := app.printer()
			if err != nil {
				return err
			}
			if format := p.Effective(); format != output.FormatJSON && format != output.FormatYAML {
				_, err := fmt.Fprintln(app.Out, v.Value)
				return err
			}
			return app.Print(c.Context(), v.Value, nil)
		},
	}
}

func notSet(s *config.Settings, key string) error {
	message := settingName(s, key) + " is not set"
	if withheld := s.Withheld(); len(withheld) > 0 {
		message += "; left out, for another server: " + strings.Join(withheld, ", ")
	}
	set := []string{"config", "set", key, "VALUE"}
	if key == config.ClientSecret {
		set = set[:3] // it is asked for
	}
	return problem.With(problem.ExitNotFound, "%s", message).Hint("saves it in the profile", set...)
}
