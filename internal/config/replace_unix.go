//go:build !windows

package config

import (
	"path/filepath"

	"github.com/google/renameio/v2"
)

func replace(path string, data []byte) error {
	return renameio.WriteFile(path, data, 0o600, renameio.WithTempDir(filepath.Dir(path)), renameio.WithStaticPermissions(0o600))
}
