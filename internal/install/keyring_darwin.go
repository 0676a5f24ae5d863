package install

import (
	"errors"
	"os/exec"
)

func reachable(func(string) string) error { return nil }

// keyringKind goes by the exit status of /usr/bin/security, which is the low byte of the Keychain's error code.
func keyringKind(err error) Kind {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return Failed
	}
	switch exit.ExitCode() {
	case 36: // errSecInteractionNotAllowed, -25308
		return Locked
	case 51, 128: // errSecAuthFailed, -25293; errSecUserCanceled, -128
		return Refused
	case 50: // errSecNoSuchKeychain, -25294
		return Absent
	}
	return Failed
}
