package cmd

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/segment"
)

func newConfig(app *App) *cobra.Command {
	return group("config", "The settings of segctl, and its profiles",
		newConfigGet(app), newConfigList(app), newConfigPath(app), newConfigSet(app), newConfigUnset(app))
}

func newConfigPath(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "path",
		Short:   "Print where config.yaml is, or would be",
		Example: "  segctl config path\n  $EDITOR \"$(segctl config path)\"",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			// The file is not read: this has to work while it is broken.
			dirs, err := app.dirs()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(app.Out, config.File(dirs.Config))
			return err
		},
	}
}

// configKeys are the keys that the config commands take, in the order to list them.
func configKeys() []string { return append([]string{config.Profile}, config.Keys()...) }

// checkConfigKey returns a usage error for a key that is none.
func checkConfigKey(c *cobra.Command, key string) error {
	keys := configKeys()
	if slices.Contains(keys, key) {
		return nil
	}
	name, _, joined := strings.Cut(key, "=")
	if joined {
		key = name + "=…" // what was joined to the key may be a secret
	}
	err := usagef("unknown setting %q (valid: %s)", key, strings.Join(keys, ", "))
	for _, near := range segment.Nearest(name, keys) {
		err = err.hint("did you mean: " + c.CommandPath() + " " + near)
	}
	return err.hint("segctl config list")
}

// settingView is a setting as it is printed. Its JSON names are promised.
type settingView struct {
	Key    string `json:"key"`
	Value  string `json:"value"`  // empty where nothing sets it; the client secret masked, unless --show-secrets
	Source string `json:"source"` // in words, such as "SEGCTL_SCOPE" or "config.yaml (profile acme)"
}

// setting returns a setting. The vault is asked only for the client secret, and only when nothing else has it: a
// *install.StoreError says that it may have it.
func (a *App) setting(ctx context.Context, s *config.Settings, key string) (settingView, error) {
	v := settingView{key, s.Get(key), s.Source(key).String()}
	switch key {
	case config.Profile:
		v.Value, v.Source = s.Profile, s.ProfileSource
	case config.ClientSecret:
		if v.Value == "" {
			vault, err := a.vault()
			if err != nil {
				return v, err
			}
			switch secret, err := vault.Get(ctx, secretAccount(s.Profile)); {
			case err == nil:
				v.Value, v.Source = string(secret), vault.String()
			case !isNotFound(err):
				return v, err
			}
		}
		if !a.flags.showSecrets {
			v.Value = output.Mask(v.Value)
		}
	}
	return v, nil
}

// settingName names a setting together with the profile that it belongs to.
func settingName(s *config.Settings, key string) string {
	if key == config.Profile {
		return key
	}
	return key + " of profile " + s.Profile
}

// noteSource says what a setting comes from where that ranks before the place that was just changed.
func (a *App) noteSource(s *config.Settings, key string) {
	source := s.Source(key)
	words := source.String()
	ranksFirst := source.Layer > config.InFile
	switch key {
	case config.Profile:
		_, words = s.Lookup("SEGCTL_PROFILE")
		ranksFirst = words != ""
	case config.ClientSecret: // every layer ranks before the vault
		ranksFirst = source.Layer != config.NotSet
	}
	if ranksFirst {
		a.say("Note: %s still comes from another place, which ranks first: %s.", key, words)
	}
}
