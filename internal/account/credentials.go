package account

import (
	"context"
	"errors"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
)

// Credentials are the client id and client secret of an App.
type Credentials struct{ ID, Secret string }

// String is the client id: a message gives no secret away.
func (c Credentials) String() string { return c.ID }

// GoString is String.
func (c Credentials) GoString() string { return c.ID }

// SecretAccount is the vault's account of a profile's client secret.
func SecretAccount(profile string) string { return profile + "/" + config.ClientSecret }

// SaveClientSecret keeps the client secret of the settings' profile in the vault, and only then takes one that is in
// config.yaml by mistake out of there: at no time is it nowhere. It returns whether there was one. A profile that there is
// none of yet is begun. A text that is no client secret is a *config.Error.
func SaveClientSecret(ctx context.Context, s *config.Settings, v install.Vault, secret string) (misplaced bool, err error) {
	if err := config.CheckValue(config.ClientSecret, secret); err != nil {
		return false, err
	}
	if err := v.Set(ctx, SecretAccount(s.Profile), []byte(secret)); err != nil {
		return false, err
	}
	if misplaced, err = s.Unset(ctx, config.ClientSecret); err != nil {
		return misplaced, err
	}
	_, err = s.MakeProfile(ctx)
	return misplaced, err
}

// Credentials returns the App's credentials that belong to the server of the settings. The vault is asked for the
// secret only where no setting has it. What is missing is a *CredentialsError that names all of it; a vault that cannot
// be read is an *install.StoreError, and servers that do not belong together are a *ServersError: half of them may have
// been changed by mistake.
func (w *World) Credentials(ctx context.Context) (Credentials, error) {
	if w.shared != nil {
		return w.shared.credentials(ctx)
	}
	if err := w.CheckServers(); err != nil {
		return Credentials{}, err
	}
	c := Credentials{w.Settings.Get(config.ClientID), w.Settings.Get(config.ClientSecret)}
	if c.Secret == "" && w.Vault != nil && w.Settings.VaultBelongs() {
		saved, err := w.Vault.Get(ctx, SecretAccount(w.Settings.Profile))
		switch {
		case err == nil:
			c.Secret = string(saved)
		case c.ID != "" && !errors.Is(err, install.ErrNotFound):
			return Credentials{}, err
		}
	}
	missing := &CredentialsError{Withheld: w.Settings.Withheld()}
	if c.ID == "" {
		missing.Missing = append(missing.Missing, config.ClientID)
	}
	if c.Secret == "" {
		missing.Missing = append(missing.Missing, config.ClientSecret)
	}
	if len(missing.Missing) > 0 {
		return Credentials{}, missing
	}
	w.Redactor.Learn(c.Secret)
	w.Redactor.LearnBasic(c.ID, c.Secret)
	return c, nil
}
