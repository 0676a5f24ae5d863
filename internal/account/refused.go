package account

import (
	"errors"

	"github.com/segctl/segctl/internal/authorize"
	"github.com/segctl/segctl/internal/install"
)

// InstallExistsError says that Segment refused an install since the App is on the workspace already.
type InstallExistsError struct {
	Saved []install.Card // the installs of the App that are saved here; may be empty
	Err   error
}

func (e *InstallExistsError) Error() string { return e.Err.Error() }

// Unwrap returns what the server said.
func (e *InstallExistsError) Unwrap() error { return e.Err }

// Refused adds to an error of the authorization what is known here: where the App is installed already, the saved
// installs that may be the one.
func Refused(err error, saved []install.Card) error {
	var refused *authorize.Error
	if errors.As(err, &refused) && refused.Reason == authorize.InstallExists {
		return &InstallExistsError{Saved: saved, Err: err}
	}
	return err
}
