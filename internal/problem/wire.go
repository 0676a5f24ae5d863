package problem

import (
	"errors"

	"github.com/segctl/segctl/internal/wire"
)

// ofWire translates the errors of package wire.
func ofWire(err error, p *Problem) bool {
	if e, ok := errors.AsType[*wire.GrantError](err); ok {
		p.Exit = ExitNetwork
		if e.Field == "install_name" {
			p.hint("what is saved here; an install is kept by its name", "installs", "list")
		}
		p.hint("again; if it stays so, the server is at fault", "token", "refresh")
		return true
	}
	if _, ok := errors.AsType[*wire.InstallNameError](err); ok {
		p.Exit = ExitUsage
		p.hint("", "installs", "list")
		return true
	}
	if _, ok := errors.AsType[*wire.OriginError](err); ok {
		p.Exit = ExitUsage
		p.hint("where it comes from", "config", "list")
		return true
	}
	if _, ok := errors.AsType[*wire.ScopeError](err); ok {
		p.Exit = ExitUsage
		p.hint("the slugs there are", "catalog", "list")
		return true
	}
	if _, ok := errors.AsType[*wire.IDError](err); ok {
		p.Exit = ExitUsage
		return true
	}
	return false
}
