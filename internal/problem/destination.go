package problem

import (
	"errors"
	"strings"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/destination/desired"
)

// ofDestination translates the errors of package destination.
func ofDestination(err error, p *Problem) bool {
	if e, ok := errors.AsType[*destination.ExistsError](err); ok {
		p.Exit, p.Reason = ExitConflict, "ALREADY_EXISTS"
		p.hint("changes it", "dest", "update", e.Name.String(), "--set", "name=value")
		p.hint("enables it", "dest", "enable", e.Name.String())
		return true
	}
	if e, ok := errors.AsType[*destination.SettingsError](err); ok {
		p.Exit = ExitUsage
		comment := "its settings, and the rules they keep to"
		if !e.Binding {
			comment += "; --no-validate leaves the judgement to Segment"
		}
		p.hint(comment, "catalog", "get", e.Slug)
		return true
	}
	if e, ok := errors.AsType[*destination.KeyError](err); ok {
		p.Exit = ExitUsage
		if e.Err != nil && len(e.Err.Candidates) > 0 {
			p.Message += ": --set NAME=… gives one of them (" + strings.Join(e.Err.Candidates, ", ") + ")"
		}
		p.hint("its settings", "catalog", "get", e.Slug)
		return true
	}
	if e, ok := errors.AsType[*destination.NeedsError](err); ok {
		p.Exit = ExitUsage
		p.hint("reads it from standard input; --set NAME=VALUE gives other settings", "install", "--enable", "--api-key", "-")
		if e.Known {
			p.hint("the settings and their rules", "catalog", "get", e.Slug)
		} else {
			p.hint("then segctl dest enable, for a destination without settings", "install")
		}
		return true
	}
	if _, ok := errors.AsType[*destination.ModeError](err); ok {
		p.Exit = ExitUsage
		p.hint("leaves the mode to Segment", "dest", "update", "--connection-mode", "UNSPECIFIED")
		return true
	}
	if e, ok := errors.AsType[*destination.NothingError](err); ok {
		p.Exit = ExitUsage
		p.hint("or --unset, --api-key, --connection-mode, --enabled, --from-file", "dest", "update", e.Name.Destination, "--set", "name=value")
		return true
	}
	if _, ok := errors.AsType[*destination.FileError](err); ok {
		p.Exit = ExitUsage
		p.hint("shows one as a file has it", "dest", "get", "-o", "yaml")
		return true
	}
	return false
}

// ofDesired translates the errors of package desired.
func ofDesired(err error, p *Problem) bool {
	e, ok := errors.AsType[*desired.Error](err)
	if !ok {
		return false
	}
	p.Exit = ExitUsage
	if len(e.Files) > 0 {
		args := []string{"dest", "diff"}
		for _, file := range e.Files {
			args = append(args, "-f", file)
		}
		p.hint("some that are in it", args...)
		return true
	}
	p.hint("writes one", "dest", "export")
	p.hint("what is in one", "dest", "diff", "--help")
	return true
}
