package doctor

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
)

// vault is what became of the one look into the vault.
type vault struct {
	Finding

	readable  bool
	hasSecret bool // the client secret of the profile is in it
}

// vault looks into the vault once, for the client secret. A locked keyring is not asked: that would open a window.
func (c *checkup) vault(ctx context.Context) vault {
	const check = "store"
	from := c.world.Vault
	if k, ok := from.(*install.Keyring); ok {
		if k.IsLocked(ctx) {
			return c.unreadable(failed(check, "%v: unlock it, then run segctl doctor again", &account.LockedError{}))
		}
		from = &install.Keyring{Getenv: k.Getenv} // nobody is waited for who might unlock it
	}
	if from == nil {
		return vault{Finding: passed(check, "%s", c.world.Store), readable: true}
	}
	asked := time.Now()
	secret, err := from.Get(ctx, account.SecretAccount(c.world.Settings.Profile))
	took := time.Since(asked)
	if shared, ok := from.(interface{ Ready(context.Context) error }); ok && (err == nil || errors.Is(err, install.ErrNotFound)) {
		if unready := shared.Ready(ctx); unready != nil { // a database: its schema, and the keys to it
			err = unready
		}
	}
	if err != nil && !errors.Is(err, install.ErrNotFound) {
		return c.unreadable(explained(check, err))
	}
	found := passed(check, "%s answers in %s (%s)", from, latency(took), c.world.Settings.Source(config.Store))
	if files, ok := from.(install.Files); ok {
		found = c.folder(check, files)
	}
	return vault{Finding: found, readable: true, hasSecret: len(secret) > 0}
}

// unreadable is a vault that cannot be read. With a token that was given, commands need none.
func (c *checkup) unreadable(f Finding) vault {
	if c.world.Given != "" {
		f = f.soften()
	}
	return vault{Finding: f}
}

// folder tells the mode of the file store's folder, which was found private, or not there yet.
func (c *checkup) folder(check string, files install.Files) Finding {
	source := c.world.Settings.Source(config.Store)
	info, err := os.Stat(files.Folder())
	if err != nil {
		return passed(check, "%s (%s): nothing is kept yet", files, source)
	}
	return passed(check, "%s (%s): plain text, mode %04o", files, source, info.Mode().Perm())
}

// clientSecret tells whether the client secret is at hand for the server, and from where; never what it is.
func (c *checkup) clientSecret(kept vault) Finding {
	const check = config.ClientSecret
	s := c.world.Settings
	switch {
	case s.Get(config.ClientSecret) != "":
		return passed(check, "present (%s)", s.Source(config.ClientSecret))
	case kept.hasSecret && s.VaultBelongs():
		return passed(check, "present (%s)", s.Get(config.Store))
	case kept.hasSecret:
		return warned(check, "the one in the %s is for another server, and not sent to this one", s.Get(config.Store))
	case !kept.readable:
		return warned(check, "unknown: the store cannot be read")
	}
	return warned(check, "not set: segctl can neither install nor refresh").advise("asks for it", "config", "set", check)
}

// renewable reports whether the App's credentials are at hand that a refresh needs.
func (c *checkup) renewable(kept vault) bool {
	s := c.world.Settings
	return s.Get(config.ClientID) != "" && (s.Get(config.ClientSecret) != "" || kept.hasSecret && s.VaultBelongs())
}
