package problem

import (
	"errors"
	"strings"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/seal"
)

// ofInstall translates the errors of package install.
func ofInstall(err error, p *Problem) bool {
	if e, ok := errors.AsType[*install.OriginError](err); ok {
		p.Exit = ExitSignIn
		p.hint("which installs there are, and on which server", "installs", "show", e.Install)
		p.hint("which server is in use, and why", "config", "list")
		return true
	}
	if e, ok := errors.AsType[*install.StoreError](err); ok {
		p.Exit = ExitStore
		if unsaved, ok := errors.AsType[*install.SaveError](err); ok {
			p.hint("once the store works: it gets the install back", "token", "refresh", "--install", unsaved.Install)
		}
		p.store(e)
		return true
	}
	if e, ok := errors.AsType[*install.SaveError](err); ok {
		p.Exit = ExitStore
		p.hint("once the store works: it gets the install back", "token", "refresh", "--install", e.Install)
		return true
	}
	if e, ok := errors.AsType[*seal.Error](err); ok {
		p.Exit = ExitStore
		p.key(e)
		return true
	}
	if errors.Is(err, install.ErrNotFound) {
		p.Exit = ExitSignIn
		p.hint("what is saved here", "installs", "list")
		return true
	}
	return false
}

// store explains what the keyring, the files or the database of installs ran into.
func (p *Problem) store(e *install.StoreError) {
	const again = "then the command again"
	switch e.Kind {
	case install.Absent:
		p.Message += ": --store file, or SEGCTL_STORE=file, keeps installs in files that only you can read"
		p.hint("keeps installs in files from now on", "config", "set", "store", "file")
	case install.Locked:
		p.Message += ": unlock it, " + again
		p.hint("is it open?", "doctor")
	case install.Slow:
		p.Message += ": if a window asks for its password, answer it, " + again
		p.hint("does it answer?", "doctor")
	case install.Exposed:
		p.Message += ": take that access away (chmod go-rwx), and count the tokens in it as read by others"
		p.hint("replaces a token that others may know", "token", "refresh")
	case install.Corrupt:
		p.hint("replaces the damaged record; the App stays installed", "installs", "import", installOf(e.Item))
	case install.Newer:
		p.Message += ": use the segctl that wrote it"
		p.hint("which one this is", "version")
	case install.DiskFull:
		p.Message += ": make room, " + again
		p.hint("checks the folders", "doctor")
	case install.NoDatabase:
		p.Message += ": the store postgres needs one, as database_url or as SEGCTL_DATABASE_URL"
		p.hint("which database it is; its password is read from ~/.pgpass", "config", "set", "database_url", "postgres://USER@HOST/DATABASE")
	case install.NotMigrated:
		p.hint("sets the database up, or brings it up to date", "serve", "migrate")
	case install.Unreachable:
		p.hint("does it answer?", "doctor")
		p.hint("which database is meant", "config", "get", "database_url")
	case install.NoKey:
		sealed, _ := errors.AsType[*seal.Error](e)
		p.key(sealed)
	case install.Overtaken:
		p.hint("what is kept now", "installs", "show", installOf(e.Item))
	case install.ReadOnly:
		if e.Path == "" {
			p.Message += ": is it a standby?"
			p.hint("which database is meant", "config", "get", "database_url")
			return
		}
		p.Message += ": SEGCTL_STATE_DIR names another folder"
		p.hint("checks the folders", "doctor")
	case install.Refused, install.Failed, install.TooLarge, install.NotReadBack, install.NotOwned, install.NotRegular:
		p.hint("checks the keyring and the folders", "doctor")
	}
}

// key explains that a key is missing, or is not the right one. Nil is one that could not be read.
func (p *Problem) key(e *seal.Error) {
	switch {
	case e == nil:
		p.hint("which files are to be read", "config", "get", "seal_identities")
	case e.Kind == seal.NoRecipient || e.Kind == seal.BadRecipient:
		p.hint("whom tokens are sealed to", "config", "set", "seal_recipients", "RECIPIENT")
	default:
		p.hint("which file holds the identity that opens it", "config", "set", "seal_identities", "FILE")
	}
	p.hint("makes an identity, and says its recipient", "serve", "key", "create", "FILE")
}

// installOf returns the install that an item of a store is about: "installs/7" for "default/installs/7".
func installOf(item string) string {
	if i := strings.Index(item, "installs/"); i >= 0 {
		return item[i:]
	}
	return "installs/7"
}
