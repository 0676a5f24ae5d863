package cmd

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
)

// vaultState is what became of the one look into the vault.
type vaultState struct {
	finding

	readable  bool
	hasSecret bool // the client secret is in it
}

// checkVault looks into the vault once, for the client secret. A locked keyring is not asked: that would open a window.
func (a *App) checkVault(ctx context.Context, s *config.Settings) vaultState {
	const check = "store"
	fail := func(f finding) vaultState {
		// With a token that was given, commands need no store.
		if token, _ := s.Lookup("SEGCTL_TOKEN"); token != "" || a.flags.tokenStdin {
			f.Status = statusWarning
		}
		return vaultState{finding: f}
	}
	vault, err := a.vault()
	if err != nil {
		return fail(a.explained(check, err))
	}
	keyring, isKeyring := vault.(*install.Keyring)
	if isKeyring {
		if keyringLocked(ctx, a.env) {
			return fail(failed(check, "the keyring is locked").advise("unlock the keyring, then run segctl doctor again"))
		}
		keyring.Attended = false
	}
	asked := time.Now()
	secret, err := vault.Get(ctx, secretAccount(s.Profile))
	took := time.Since(asked)
	if err != nil && !errors.Is(err, install.ErrNotFound) {
		return fail(a.explained(check, err))
	}
	found := passed(check, "%s answers in %s (%s)", vault, latency(took), s.Source(config.Store))
	if !isKeyring {
		found = a.checkFolder(check, s)
	}
	return vaultState{finding: found, readable: true, hasSecret: len(secret) > 0}
}

// checkFolder tells the mode of the file store's folder, which was found private, or not there yet.
func (a *App) checkFolder(check string, s *config.Settings) finding {
	dirs, err := a.dirs()
	if err != nil {
		return a.explained(check, err)
	}
	folder := filepath.Join(dirs.State, "secrets")
	info, err := os.Stat(folder)
	if err != nil {
		return passed(check, "files in %s (%s): nothing is kept yet", folder, s.Source(config.Store))
	}
	return passed(check, "files in %s (%s): plain text, mode %04o", folder, s.Source(config.Store), info.Mode().Perm())
}

// checkSecret tells whether the client secret is at hand, and from where; never what it is.
func checkSecret(s *config.Settings, vault vaultState) finding {
	const check = config.ClientSecret
	switch {
	case s.Get(config.ClientSecret) != "":
		return passed(check, "present (%s)", s.Source(config.ClientSecret))
	case vault.hasSecret:
		return passed(check, "present (%s)", s.Get(config.Store))
	case !vault.readable:
		return warned(check, "unknown: the store cannot be read")
	}
	return warned(check, "not set: segctl can neither install nor refresh").advise("segctl config set client_secret   # asks for it")
}

// latency is a duration in whole milliseconds.
func latency(d time.Duration) time.Duration { return max(d.Round(time.Millisecond), time.Millisecond) }
