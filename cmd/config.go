package cmd

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/segment"
)

func newConfig(app *App) *cobra.Command {
	return group("config", "The settings of segctl, and its profiles",
		newConfigGet(app), newConfigList(app), newConfigPath(app), newConfigProfiles(app), newConfigSet(app), newConfigUnset(app))
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
	err := problem.Usage("unknown setting %q (valid: %s)", key, strings.Join(keys, ", "))
	for _, near := range segment.Nearest(name, keys) {
		err = err.Hint("did you mean this?", append(commandOf(c), near)...)
	}
	return err.Hint("the settings, and where each comes from", "config", "list")
}

// settingView is a setting as it is printed. Its JSON names are promised.
type settingView struct {
	Key    string `json:"key"`
	Value  string `json:"value"`  // empty where nothing sets it; the client secret and a password masked, unless --show-secrets
	Source string `json:"source"` // in words, such as "SEGCTL_SCOPE" or "config.yaml (profile acme)"
}

// setting returns a setting. The vault is asked only for the client secret, only when nothing else has it, and only when
// it belongs to the server. An error comes with what is known without it.
func (a *App) setting(ctx context.Context, s *config.Settings, key string) (settingView, error) {
	v := settingView{key, s.Get(key), s.Source(key).String()}
	switch key {
	case config.Profile:
		v.Value, v.Source = s.Profile, s.ProfileSource
	case config.ClientSecret:
		if v.Value == "" && s.VaultBelongs() {
			vault, err := a.configVault(s)
			if err != nil {
				return v, err
			}
			switch saved, err := vault.Get(ctx, account.SecretAccount(s.Profile)); {
			case err == nil:
				v.Value, v.Source = string(saved), vault.String()
			case !errors.Is(err, install.ErrNotFound):
				return v, err
			}
		}
		if !a.flags.showSecrets {
			v.Value = secret.Mask(v.Value)
		}
	case config.DatabaseURL:
		if !a.flags.showSecrets {
			v.Value = config.ShownDatabase(v.Value)
		}
	}
	return v, nil
}

// configVault returns the vault that the settings name. It is not asked of World, which fails while a token is set for
// another server: that is when a person looks at the settings.
func (a *App) configVault(s *config.Settings) (install.Vault, error) {
	dirs, err := a.dirs()
	if err != nil {
		return nil, err
	}
	vault, _ := a.kept(s, dirs)
	return vault, nil
}

// settingName names a setting together with the profile that it belongs to.
func settingName(s *config.Settings, key string) string {
	if key == config.Profile {
		return key
	}
	return key + " of profile " + s.Profile
}

// noteSource says what a setting comes from where that ranks before the place that was just changed, and where a saved
// client secret is not for the server of this run.
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
		if !s.VaultBelongs() {
			a.Say("Note: a saved client secret goes only to the server of its profile, and api_url comes from another place: %s.",
				s.Source(config.APIURL))
		}
	}
	if ranksFirst {
		a.Say("Note: %s still comes from another place, which ranks first: %s.", key, words)
	}
}
