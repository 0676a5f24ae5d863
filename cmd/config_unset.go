package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/config"
)

func newConfigUnset(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "unset KEY",
		Short: "Remove a setting from the profile",
		Long: `Unset removes a setting from the profile of config.yaml, and the client secret from the keyring (or the
file store) as well. A setting that is not there is none to remove, and no error.`,
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

func (a *App) unset(ctx context.Context, key string) error {
	load := a.load
	if key == config.ClientSecret {
		load = a.loadForRepair
	}
	s, err := load()
	if err != nil {
		return err
	}
	removed, err := s.Unset(ctx, key)
	if err != nil {
		return err
	}
	if removed {
		a.say("Removed %s from %s.", settingName(s, key), s.File)
	}
	if key == config.ClientSecret {
		vault, err := a.vault()
		if err != nil {
			return err
		}
		switch err := vault.Delete(ctx, secretAccount(s.Profile)); {
		case err == nil:
			a.say("Removed %s from %s.", settingName(s, key), vault)
			removed = true
		case !isNotFound(err):
			return err
		}
	}
	if !removed {
		a.say("%s was not saved.", settingName(s, key))
	}
	a.noteSource(s, key)
	return nil
}
