package problem

import (
	"errors"
	"strings"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/wire"
)

// maxHints is how many candidates help; more would scroll the error away.
const maxHints = 10

// ofAccount translates the errors of package account.
func ofAccount(err error, p *Problem) bool {
	return ofGrantSaved(err, p) || ofToken(err, p) || ofChoice(err, p) || ofPlace(err, p)
}

// ofGrantSaved is about grants that Segment made, and what became of them here.
func ofGrantSaved(err error, p *Problem) bool {
	if e, ok := errors.AsType[*account.UnsavedError](err); ok {
		p.Exit = ExitStore
		other, isOther := errors.AsType[*account.OtherAppError](err)
		_, isForeign := errors.AsType[*install.OriginError](err)
		switch {
		case isOther:
			p.Exit = ExitConflict
			p.hint("replaces "+other.Install, "install", "--force")
		case isForeign:
			p.Exit = ExitConflict
			p.hint("keeps it apart, in a profile of its own", "installs", "import", e.Install, "--profile", "other")
		default:
			p.hint("once the store works; the App stays installed", "installs", "import", e.Install)
			p.hint("checks the store", "doctor")
		}
		return true
	}
	if e, ok := errors.AsType[*account.OtherAppError](err); ok {
		p.Exit = ExitConflict
		p.hint("replaces "+e.Install, "install", "--force")
		return true
	}
	if e, ok := errors.AsType[*account.InstallExistsError](err); ok {
		p.Exit, p.Reason = ExitConflict, "INSTALL_EXISTS"
		p.Message = "the App is installed on this workspace already: " + e.Error()
		for _, card := range e.Saved[:min(len(e.Saved), maxHints)] {
			p.hint(about(card), "token", "refresh", "--install", card.Name)
		}
		if len(e.Saved) == 0 {
			p.hint("what is saved here", "installs", "list")
			p.hint("with the install's name, if it is not saved here", "installs", "import", "installs/7")
		}
		return true
	}
	if e, ok := errors.AsType[*account.RevokeError](err); ok {
		message := p.Message
		*p = Of(e.Err, Context{})
		p.Message = message
		return true
	}
	return false
}

// ofToken is about tokens that are missing, given or foreign.
func ofToken(err error, p *Problem) bool {
	if e, ok := errors.AsType[*account.CredentialsError](err); ok {
		p.Exit = ExitUsage
		if len(e.Missing) > 1 {
			p.hint("asks for all of it on a terminal, and says where it stands", "init")
		}
		for _, key := range e.Missing {
			switch key {
			case config.Store:
				p.hint("the keyring does not work here: keeps installs in files that only you can read", "config", "set", key, "file")
			case config.ClientSecret:
				p.hint("asks for it and keeps it in the keyring; CI sets SEGCTL_CLIENT_SECRET", "config", "set", key)
			case config.Scope:
				p.hint("the scope on the App's page", "config", "set", key, "destination/clearbrain")
			default:
				p.hint("the client id on the App's page", "config", "set", key, "YOUR_CLIENT_ID")
			}
		}
		p.hint("which settings there are, and where each comes from", "config", "list")
		return true
	}
	if e, ok := errors.AsType[*account.GivenTokenError](err); ok {
		p.Exit = ExitSignIn
		if e.Install != "" {
			p.Exit = ExitUsage
		}
		p.hint("without the given token (unset SEGCTL_TOKEN), the saved install is used, which can be refreshed", "installs", "list")
		return true
	}
	if _, ok := errors.AsType[*account.RefusedTokenError](err); ok {
		p.Exit, p.HTTPStatus, p.Reason = ExitSignIn, 401, "UNAUTHENTICATED"
		p.hint("without the given token (unset SEGCTL_TOKEN), the saved install is used", "installs", "list")
		p.hint("once it is unset: prints another one, of the saved install, renewed where needed", "token", "print")
		p.hint("which server the token has to be from", "config", "get", "api_url")
		return true
	}
	if _, ok := errors.AsType[*account.ForeignTokenError](err); ok {
		p.Exit = ExitSignIn
		p.hint("uses the sandbox, where the token is from", "token", "show", "--sandbox")
		p.hint("is it the sandbox's address?", "config", "get", "api_url")
		return true
	}
	if _, ok := errors.AsType[*account.LockedError](err); ok {
		p.Exit = ExitStore
		p.hint("once the keyring is unlocked", "doctor")
		return true
	}
	if _, ok := errors.AsType[*account.ServersError](err); ok {
		p.Exit = ExitUsage
		p.hint("where both come from", "config", "list")
		return true
	}
	return false
}

// ofChoice is about which install is meant.
func ofChoice(err error, p *Problem) bool {
	if e, ok := errors.AsType[*account.SignInError](err); ok {
		p.Exit = ExitSignIn
		for _, card := range e.Saved[:min(len(e.Saved), maxHints)] {
			p.hint(about(card), "installs", "use", card.Name)
		}
		if len(e.Saved) == 0 {
			p.hint("with the scope that your App is registered with", "install", "--scope", "destination/clearbrain")
			p.hint("gets back an install that exists already, by its name", "installs", "import", "installs/7")
		}
		return true
	}
	if e, ok := errors.AsType[*account.NoSuchInstallError](err); ok {
		p.Exit = ExitSignIn
		if len(e.Saved) > 0 {
			p.hint("what is saved here", "installs", "list")
		}
		if name := importable(e.Selector); name != "" {
			p.hint("gets back an install that is not saved here, by its name", "installs", "import", name)
		} else if len(e.Saved) == 0 {
			p.hint("with the scope that your App is registered with", "install", "--scope", "destination/clearbrain")
		}
		return true
	}
	if e, ok := errors.AsType[*account.AmbiguousInstallError](err); ok {
		p.Exit = ExitUsage
		for _, card := range e.Cards[:min(len(e.Cards), maxHints)] {
			p.hint(about(card), "installs", "show", card.Name)
		}
		p.Message += ": choose one with --install"
		return true
	}
	return false
}

// importable is the install that a selector names by its name, "" where it is more likely a label or a place.
func importable(s install.Selector) string {
	name, err := wire.ParseInstallName(s.Install)
	if err != nil || strings.Trim(wire.InstallID(name), "0123456789") != "" && !strings.Contains(s.Install, "/") {
		return ""
	}
	return name
}

// about says what an install is, beside a command about it.
func about(card install.Card) string {
	place := card.Place()
	switch {
	case card.Label != "" && place != "":
		return card.Label + ", on " + place
	case place != "":
		return "on " + place
	}
	return card.Label
}
