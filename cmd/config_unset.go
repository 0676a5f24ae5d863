package cmd

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
)

func newConfigUnset(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "unset KEY",
		Short: "Remove a setting from the profile",
		Long: `Unset removes a setting from the profile of config.yaml, and the client secret from the store (the
keyring, a file or the database) as well. A setting that is not there is none to remove, and no error.`,
		Example: "  segctl config unset scope\n  segctl config unset client_secret --profile acme",
		Args:    oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkConfigKey(c, args[0]); err != nil {
				return err
			}
			return app.unset(c.Context(), args[0])
		},
	}
}

// unset takes a profile that is not in config.yaml as well: its name there, or its client secret in the vault, may be what
// is to be removed.
func (a *App) unset(ctx context.Context, key string) error {
	s, err := a.settingsWith(config.Options{NewProfile: true, Repair: key == config.ClientSecret || key == config.DatabaseURL})
	if err != nil {
		return err
	}
	removed, err := s.Unset(ctx, key)
	if err != nil {
		return err
	}
	if removed {
		a.Say("Removed %s from %s.", settingName(s, key), s.File)
	}
	if key == config.ClientSecret {
		vault, err := a.configVault(s)
		if err != nil {
			return err
		}
		switch err := vault.Delete(ctx, account.SecretAccount(s.Profile)); {
		case err == nil:
			a.Say("Removed %s from %s.", settingName(s, key), vault)
			removed = true
		case !errors.Is(err, install.ErrNotFound):
			return err
		}
	}
	if !removed {
		a.Say("%s was not saved.", settingName(s, key))
	}
	a.noteSource(s, key)
	if !removed {
		return a.PrintDone(ctx, key, "not set")
	}
	return a.PrintDone(ctx, key, "unset")
}
