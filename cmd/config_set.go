package cmd

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/problem"
)

func newConfigSet(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "set KEY [VALUE]",
		Short: "Save a setting in the profile",
		Long: `Set writes a setting into the profile of config.yaml, and makes the profile where there is none.

  profile        the profile that is used where nothing names another
  client_id      the App's client id
  client_secret  the App's client secret, kept in the store below, never in config.yaml
  scope          what the App is installed with: destination/<slug>, workspace or workspace:read
  redirect_url   the redirect URL that is registered with the App
  id_url         where installs are authorized
  api_url        the Config API
  store          where installs and the client secret are kept: keyring, file, or postgres, which
                 machines share
  output         the output format: table, json, yaml, tsv or csv

For the store postgres:

  database_url     its database, without a password: postgres://segctl@db.example.com/segctl
  seal_recipients  the age recipients that tokens and secrets are sealed to, separated by commas
  seal_identities  files with the age identities that open them, separated by commas; only their
                   owner may be able to read them

The database's password is not saved. It is read from the file that PGPASSFILE names (~/.pgpass), or it
is in the URL of the variable SEGCTL_DATABASE_URL.

The client secret is not taken as an argument, which other programs could see. It is asked for, or read
from standard input, or from a file that is given as @FILE.`,
		Example: `  segctl config set client_id 5ea8…
  segctl config set client_secret
  pass show acme/segment | segctl config set client_secret
  segctl config set profile acme`,
		Args: func(c *cobra.Command, args []string) error { return checkArgs(c, args, 1, 2) },
		RunE: func(c *cobra.Command, args []string) error {
			key := args[0]
			if err := checkConfigKey(c, key); err != nil {
				return err
			}
			if key == config.ClientSecret {
				return app.setClientSecret(c.Context(), args[1:])
			}
			if len(args) == 1 {
				return problem.Usage("missing argument: the value of %s", key).Hint("", "config", "set", key, "VALUE")
			}
			return app.set(c.Context(), key, args[1])
		},
	}
}

func (a *App) set(ctx context.Context, key, value string) error {
	s, err := a.settingsWith(config.Options{NewProfile: true, Repair: key == config.DatabaseURL})
	if err != nil {
		return err
	}
	if err := s.Set(ctx, key, value); err != nil {
		return err
	}
	a.Say("Set %s in %s.", settingName(s, key), s.File)
	if key == config.Profile && !slices.Contains(s.Profiles(), value) {
		a.Say("Note: profile %s is new, and has no settings yet. There are: %s.", value, strings.Join(s.Profiles(), ", "))
	}
	a.noteSource(s, key)
	return a.PrintDone(ctx, key, "set")
}

// setClientSecret reads the client secret and saves it.
func (a *App) setClientSecret(ctx context.Context, args []string) error {
	value := askSecret
	if len(args) > 0 {
		value = args[0]
	}
	if value != askSecret && value != "-" && !strings.HasPrefix(value, "@") {
		return problem.Usage("client_secret is not taken as an argument, which other programs can see").
			Hint("asks for it, or reads what is piped in", "config", "set", config.ClientSecret).
			Hint("reads it from a file", "config", "set", config.ClientSecret, "@FILE")
	}
	s, err := a.settingsWith(config.Options{NewProfile: true, Repair: true})
	if err != nil {
		return err
	}
	vault, err := a.configVault(s)
	if err != nil {
		return err
	}
	secret, err := a.ReadSecret(ctx, config.ClientSecret, value)
	if err != nil {
		return err
	}
	misplaced, err := account.SaveClientSecret(ctx, s, vault, secret)
	if err != nil {
		return err
	}
	a.Say("Set %s in %s.", settingName(s, config.ClientSecret), vault)
	if misplaced {
		a.Say("Removed the client secret that was in %s.", s.File)
	}
	a.noteSource(s, config.ClientSecret)
	return a.PrintDone(ctx, config.ClientSecret, "set")
}
