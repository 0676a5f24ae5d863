package install_test

import (
	"testing"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/installtest"
)

// The store in a database has a package of its own, which runs the same tests.
func TestStores(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) install.Store{
		"memory": func(*testing.T) install.Store { return install.NewMemory() },
		"memory vault": func(t *testing.T) install.Store {
			return install.Open(t.TempDir(), "default", &install.MemoryVault{}, nil)
		},
		"files": func(t *testing.T) install.Store {
			dir := t.TempDir()
			return install.Open(dir, "default", install.Files{Dir: dir}, nil)
		},
		"keyring": func(t *testing.T) install.Store {
			return install.Open(t.TempDir(), "default", install.NewFakeKeyring(), nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			installtest.Stores(t, open)
		})
	}
}
