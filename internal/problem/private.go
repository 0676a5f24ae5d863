package problem

import (
	"errors"

	"github.com/segctl/segctl/internal/private"
)

// ofPrivate translates the errors of package private, where no store and no settings say more about them.
func ofPrivate(err error, p *Problem) bool {
	if _, ok := errors.AsType[*private.Error](err); !ok {
		return false
	}
	p.Exit = ExitStore
	p.hint("checks the folders", "doctor")
	return true
}
