package cmd

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/private"
	"github.com/segctl/segctl/internal/seal"
)

// kept returns where secrets and installs are kept: what the setting `store` names, and nothing else when that fails.
// Nothing is touched or connected to before it is used.
func (a *App) kept(s *config.Settings, dirs config.Dirs) (install.Vault, install.Store) {
	return a.keptIn(s.Get(config.Store), s, dirs)
}

// keptIn is kept for the store of that name.
func (a *App) keptIn(store string, s *config.Settings, dirs config.Dirs) (install.Vault, install.Store) {
	var vault install.Vault
	switch store {
	case "postgres":
		shared := a.shared(s, dirs)
		return shared.Vault(), shared
	case "file":
		vault = install.Files{Dir: dirs.State}
	default:
		vault = &install.Keyring{
			Getenv:   a.env,
			Attended: a.canPrompt(),
			Note:     func(text string) { a.Say("%s", text) },
		}
	}
	return vault, install.Open(dirs.State, s.Profile, vault, a.sayWaiting)
}

// shared returns the store that machines share. There is one for a run.
func (a *App) shared(s *config.Settings, dirs config.Dirs) *postgres.Store {
	if a.postgres == nil {
		url := s.Get(config.DatabaseURL)
		a.redactor.Learn(config.DatabasePasswords(url)...)
		a.postgres = postgres.New(postgres.Options{
			URL:     url,
			Profile: s.Profile,
			Keys:    seal.Later(func() (recipients, identities []string, err error) { return a.sealKeys(s) }),
			Choice:  install.ChoiceIn(choiceFolder(dirs, s.Profile, url)),
			Waiting: a.sayWaitingFor,
			Now:     a.Now,
		})
	}
	return a.postgres
}

// choiceFolder is where it is kept which install of a database is the current one on this machine. An install of the same
// name in another database is another customer's.
func choiceFolder(dirs config.Dirs, profile, url string) string {
	sum := sha256.Sum256([]byte(config.ShownDatabase(url)))
	return filepath.Join(dirs.State, "shared", private.FileName(profile)+"-"+hex.EncodeToString(sum[:8]))
}

// sealKeys reads the files of the identities.
func (a *App) sealKeys(s *config.Settings) (recipients, identities []string, err error) {
	for _, path := range s.IdentityFiles() {
		text, err := private.ReadSecret(path)
		if err != nil {
			return nil, nil, err
		}
		identities = append(identities, string(text))
	}
	return s.Recipients(), identities, nil
}

// sayWaiting tells for whom a refresh is waiting.
func (a *App) sayWaiting(name string, holder int) {
	if holder > 0 {
		a.Say("Waiting for another segctl (process %d), which is at work on %s.", holder, name)
		return
	}
	a.Say("Waiting for another segctl, which is at work on %s.", name)
}

// sayWaitingFor is sayWaiting where the other may be on another machine: holder is host:pid.
func (a *App) sayWaitingFor(name, holder string) {
	a.Say("Waiting for another segctl (%s), which is at work on %s.", holder, name)
}

// closeStore ends the connections of this run.
func (a *App) closeStore() {
	if a.postgres != nil {
		a.postgres.Close()
	}
}
