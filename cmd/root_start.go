package cmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/config"
)

// firstSteps are what `segctl` alone says on a machine where nothing is set up.
const firstSteps = `segctl is the command line for "Enable with Segment". Nothing is set up here yet:
  segctl sandbox demo   the whole story in a minute, on a local Segment; no account needed
  segctl init           sets up your own App step by step, with where each value stands
  segctl install        installs it on a first workspace, in a browser
  segctl --help         all commands; segctl help exit-codes and others for scripts
`

// start is `segctl` alone.
func (a *App) start(c *cobra.Command) error {
	if !a.isFresh(c.Context()) {
		return c.Help()
	}
	_, err := fmt.Fprint(a.Out, firstSteps)
	return err
}

// isFresh reports whether nothing is set up: no App, no token, and no install. What cannot be read is something. No secret
// is read for it.
func (a *App) isFresh(ctx context.Context) bool {
	w, err := a.World()
	if err != nil || w.Given != "" || w.Settings.Get(config.ClientID) != "" {
		return false
	}
	cards, err := w.Store.Cards(ctx)
	return err == nil && len(cards) == 0
}
