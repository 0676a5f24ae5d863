package install

import (
	"errors"

	"golang.org/x/sys/windows"
)

func reachable(func(string) string) error { return nil }

func keyringKind(err error) Kind {
	switch {
	case errors.Is(err, windows.ERROR_NO_SUCH_LOGON_SESSION):
		return Absent
	case errors.Is(err, windows.ERROR_ACCESS_DENIED):
		return Refused
	}
	return Failed
}
