package config

import (
	"path/filepath"

	"github.com/adrg/xdg"
)

// Dirs are the folders that segctl keeps files in.
type Dirs struct {
	Config string // config.yaml
	State  string // which installs there are, locks, and the file store
}

// FindDirs returns segctl's folders, absolute, without touching them: SEGCTL_CONFIG_DIR and SEGCTL_STATE_DIR, else
// "segctl" under the XDG base directories. It fails with an [*Error] if no such path can be made.
func FindDirs(env func(string) (string, bool)) (Dirs, error) {
	configDir, err := findDir(env, "SEGCTL_CONFIG_DIR", "XDG_CONFIG_HOME", xdg.ConfigHome)
	if err != nil {
		return Dirs{}, err
	}
	stateDir, err := findDir(env, "SEGCTL_STATE_DIR", "XDG_STATE_HOME", xdg.StateHome)
	if err != nil {
		return Dirs{}, err
	}
	return Dirs{configDir, stateDir}, nil
}

func findDir(env func(string) (string, bool), own, base, fallback string) (string, error) {
	if dir, _ := env(own); dir != "" {
		abs, err := filepath.Abs(dir)
		if err != nil {
			return "", &Error{Source: own, Msg: "no such folder can be named", Err: err}
		}
		return abs, nil
	}
	// A relative path in an XDG variable is to be ignored (XDG Base Directory Specification, basics).
	if dir, _ := env(base); filepath.IsAbs(dir) {
		return filepath.Join(dir, "segctl"), nil
	}
	if !filepath.IsAbs(fallback) {
		return "", &Error{Source: own, Msg: "there is no home folder, and this variable names none instead"}
	}
	return filepath.Join(fallback, "segctl"), nil
}
