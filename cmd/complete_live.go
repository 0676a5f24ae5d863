package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/candidates"
	"github.com/segctl/segctl/internal/install"
)

// findSources returns the sources of the saved installs, and all those of the workspace in use where its install may see
// them.
func (a *App) findSources(ctx context.Context, c *cobra.Command, _ []string) []cobra.Completion {
	w, ok := a.quietWorld()
	if !ok {
		return nil
	}
	sel := a.quietSelector(c)
	var names []string
	for _, card := range savedCards(ctx, w, sel) {
		names = append(names, card.Sources...)
	}
	if acc, err := w.Open(ctx, sel); err == nil && acc.Card().Scope.Destination() == "" {
		if workspace, err := acc.Workspace(ctx, account.Place{Workspace: sel.Workspace}); err == nil {
			for source, err := range acc.API().Sources(ctx, workspace) {
				if err != nil {
					break // what came in time is better than nothing
				}
				names = append(names, source.Name)
			}
		}
	}
	return candidates.Sources(names, c.Name() == "import") // there, nothing is saved yet that could complete a slug
}

// findWorkspaces returns the workspaces of the saved installs, or those that a given token sees.
func (a *App) findWorkspaces(ctx context.Context, _ *cobra.Command, _ []string) []cobra.Completion {
	w, ok := a.quietWorld()
	if !ok {
		return nil
	}
	sel := install.Selector{Install: a.flags.install}
	var names []string
	for _, card := range savedCards(ctx, w, sel) {
		names = append(names, card.Workspaces...)
	}
	if len(names) == 0 {
		acc, err := w.Open(ctx, sel)
		if err != nil {
			return nil
		}
		for workspace, err := range acc.API().Workspaces(ctx) {
			if err != nil {
				break
			}
			names = append(names, workspace.Name)
		}
	}
	return candidates.Workspaces(names)
}

// savedCards returns the saved installs that are meant. With a token that is given, none is: it may be of another
// customer.
func savedCards(ctx context.Context, w *account.World, sel install.Selector) []install.Card {
	if w.Given != "" {
		return nil
	}
	saved, err := w.Store.Cards(ctx)
	if err != nil {
		return nil
	}
	return sel.Choose(saved)
}
