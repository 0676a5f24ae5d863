package cmd

import (
	"context"
	"errors"

	"github.com/segctl/segctl/internal/install"
)

// token explains why there is no token to work with.
func (v *verdict) token(err error) bool {
	var (
		origin  *install.OriginError
		noRenew *install.NoRefreshError
		grant   *install.GrantError
		name    *install.NameError
	)
	switch {
	case errors.As(err, &name):
		v.Code = exitUsage
		v.hint("segctl installs list")
	case errors.As(err, &origin):
		v.Code = exitSignIn
		v.hint("segctl installs list   # and choose one with --install, or another --profile")
	case errors.As(err, &noRenew):
		v.Code = exitSignIn
		v.hint("unset SEGCTL_TOKEN   # then the saved install is used, which can be refreshed")
	case errors.As(err, &grant):
		v.Code = exitNetwork
		v.hint("segctl token refresh   # again; if it stays so, the server is at fault")
	case isNotFound(err):
		v.Code = exitNotFound
		v.hint("segctl installs list   # what is saved here")
		v.hint("segctl installs import NAME   # gets back one that is not")
	default:
		return false
	}
	return true
}

// signIn tells how to get a token: the installs that are saved, or a new one.
func (a *App) signIn(v *verdict) {
	if store, err := a.store(); err == nil {
		saved, _ := store.List(context.Background())
		for _, name := range saved {
			v.hint("segctl installs use %s", name)
		}
	}
	if len(v.Hints) == 0 {
		v.hint("segctl install --scope destination/<slug>")
		v.hint("export SEGCTL_TOKEN=…   # or use a token you have")
	}
}

// store explains what the keyring or the files of installs ran into.
func (v *verdict) store(err error) {
	var failed *install.StoreError
	if !errors.As(err, &failed) {
		return
	}
	v.Code = exitStore
	var unsaved *install.SaveError
	if errors.As(err, &unsaved) {
		v.hint("segctl token refresh --install %s   # once the store works: it gets the install back", unsaved.Install)
	}
	switch failed.Kind {
	case install.Absent:
		v.hint("segctl --store file …, or SEGCTL_STORE=file, keeps installs in files that only you can read")
	case install.Locked:
		v.hint("unlock the keyring and run the command again")
	case install.Slow:
		v.hint("is a window asking for the keyring's password? Answer it and run the command again")
	case install.Refused:
		if failed.Path != "" {
			v.hint("ls -ld %s   # who may read and write it?", failed.Path)
		} else {
			v.hint("allow segctl in the keyring and run the command again")
		}
	case install.DiskFull:
		v.hint("make room on the disk and run the command again")
	case install.ReadOnly:
		v.hint("export SEGCTL_STATE_DIR=…   # a folder that can be written")
	case install.Exposed:
		v.hint("chmod go-rwx %s   # then consider the tokens in it as read by others: segctl token refresh", failed.Path)
	case install.Corrupt:
		v.hint("segctl installs import NAME   # replaces the damaged record; the App stays installed")
	case install.Newer:
		v.hint("use the newer segctl that wrote it")
	default:
		v.hint("segctl doctor   # checks the keyring and the folders")
	}
}
