package problem

import (
	"errors"

	"github.com/segctl/segctl/internal/config"
)

// ofConfig translates the errors of package config.
func ofConfig(err error, p *Problem) bool {
	e, ok := errors.AsType[*config.Error](err)
	if !ok {
		return false
	}
	p.Exit = ExitUsage
	if len(e.Fix) > 0 {
		p.hint(e.Comment, e.Fix...)
		return true
	}
	if e.File != "" {
		p.hint("the file to mend", "config", "path")
		return true
	}
	p.hint("the settings, and where each comes from", "config", "list")
	return true
}
