package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/candidates"
)

// findInstalls returns what --install takes: the names, labels and places of the saved installs. No secret is read for
// it, and no keyring is touched.
func (a *App) findInstalls(ctx context.Context, _ *cobra.Command, _ []string) []cobra.Completion {
	w, ok := a.quietWorld()
	if !ok {
		return nil
	}
	cards, err := w.Store.Cards(ctx)
	if err != nil {
		return nil
	}
	return candidates.Installs(cards)
}
