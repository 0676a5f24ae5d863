package cmd

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install"
)

// placeFlags say which workspace and source a command means. They choose among the saved installs as well.
type placeFlags struct{ workspace, source string }

func (p *placeFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&p.source, "source", "", "source, as a slug or full name (default: the install's)")
	p.addWorkspace(flags)
}

// addWorkspace is for commands whose argument is the source.
func (p *placeFlags) addWorkspace(flags *pflag.FlagSet) {
	flags.StringVar(&p.workspace, "workspace", "", "workspace, as a slug or full name (default: the install's)")
}

// place returns the place that the flags name.
func (p placeFlags) place() account.Place {
	return account.Place{Workspace: p.workspace, Source: p.source}
}

// selector returns what chooses the install: --install, --workspace and --source.
func (a *App) selector(p placeFlags) install.Selector {
	return install.Selector{Install: a.flags.install, Workspace: p.workspace, Source: p.source}
}

// covers says in words what an install covers, where that is one destination: "" for a whole workspace, and where it is
// not known.
func covers(card install.Card) string {
	slug := card.Scope.Destination()
	switch {
	case slug == "" || card.Name == "":
		return ""
	case card.Place() == "":
		return fmt.Sprintf("%s covers only %s", card.Name, slug)
	}
	return fmt.Sprintf("%s covers only %s on %s", card.Name, slug, card.Place())
}

// With opens the account that is meant and runs do. A token that was renewed on the way, and could not be saved, makes
// the command fail in the end, although its work was done.
func (a *App) With(c *cobra.Command, place placeFlags, do func(ctx context.Context, acc *account.Account) error) error {
	ctx := c.Context()
	w, err := a.World()
	if err != nil {
		return err
	}
	acc, err := w.Open(ctx, a.selector(place))
	if err != nil {
		return err
	}
	a.covers = covers(acc.Card())
	err = do(ctx, acc)
	if err == nil {
		return acc.Unsaved()
	}
	return errors.Join(acc.Unsaved(), err)
}
