package setup

import (
	"context"
	"errors"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/authorize"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
)

// Setup is a profile that is being set up. Nothing of it is written before Save.
type Setup struct {
	Settings *config.Settings
	// Open returns the store of that name, and its vault. It touches neither.
	Open func(store string) (install.Vault, install.Store)
	// App is what the authorization server is asked with: transport, time-out, user agent and redactor. The rest comes
	// from the settings.
	App authorize.App

	given map[string]string // by key
}

// Give takes what a person gave for a setting, checked.
func (s *Setup) Give(key, value string) {
	if s.given == nil {
		s.given = map[string]string{}
	}
	s.given[key] = value
}

// Value returns what a setting will be: what was given, else what it is already.
func (s *Setup) Value(key string) string {
	if value, ok := s.given[key]; ok {
		return value
	}
	return s.Settings.Get(key)
}

// SecretFrom says in words where the client secret is already, "" where there is none for the profile's server, or where
// its store cannot be read.
func (s *Setup) SecretFrom(ctx context.Context) string {
	if s.Settings.Get(config.ClientSecret) != "" {
		return s.Settings.Source(config.ClientSecret).String()
	}
	vault, saved, err := s.saved(ctx)
	if err != nil || saved == nil {
		return ""
	}
	return vault.String()
}

// saved returns the client secret in the store of the settings, nil where there is none that belongs to the server.
func (s *Setup) saved(ctx context.Context) (install.Vault, []byte, error) {
	vault, _ := s.Open(s.Settings.Get(config.Store))
	if !s.Settings.VaultBelongs() {
		return vault, nil, nil
	}
	saved, err := vault.Get(ctx, account.SecretAccount(s.Settings.Profile))
	if errors.Is(err, install.ErrNotFound) {
		err = nil
	}
	return vault, saved, err
}

// Save writes what was given: the client secret into the vault, and the rest into the profile, in one change of the file.
// Where that fails, the vault is as it was. It is not interrupted half-way. What was not given stays where it is, but for
// a saved client secret, which goes along to another store.
func (s *Setup) Save(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	secret, given := s.given[config.ClientSecret]
	if !given && s.Value(config.Store) != s.Settings.Get(config.Store) {
		_, saved, err := s.saved(ctx)
		if err != nil {
			return err
		}
		secret = string(saved)
	}
	var entries []config.Entry
	for _, step := range Steps() {
		if value, ok := s.given[step.Key]; ok && step.Key != config.ClientSecret {
			entries = append(entries, config.Entry{Key: step.Key, Value: value})
		}
	}
	if secret == "" {
		return s.Settings.SetAll(ctx, entries...)
	}
	vault, _ := s.Open(s.Value(config.Store))
	name := account.SecretAccount(s.Settings.Profile)
	before, err := vault.Get(ctx, name)
	if err != nil && !errors.Is(err, install.ErrNotFound) {
		return err
	}
	if _, err = account.SaveClientSecret(ctx, s.Settings, vault, secret); err == nil {
		err = s.Settings.SetAll(ctx, entries...)
	}
	if err == nil {
		return nil
	}
	if before != nil {
		return errors.Join(err, vault.Set(ctx, name, before))
	}
	if undo := vault.Delete(ctx, name); !errors.Is(undo, install.ErrNotFound) {
		err = errors.Join(err, undo)
	}
	return err
}
