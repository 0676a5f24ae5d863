package account

import "github.com/segctl/segctl/internal/install"

// On returns a World whose installs are in another store.
func (w *World) On(s install.Store) *World {
	other := *w
	other.Store = s
	return &other
}
