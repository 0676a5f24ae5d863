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
	if e.Key == config.Scope && e.Source != "" && len(e.Valid) > 0 {
		p.hint("with the slug of your destination", "install", "--scope", "destination/clearbrain")
		return true
	}
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
