package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/secret"
)

// tokenView is what `token show` prints; its JSON names are promised.
type tokenView struct {
	installView
	Token  string `json:"token"`  // masked, unless --show-secrets; "" where there is none yet
	Source string `json:"source"` // where the token came from: "SEGCTL_TOKEN", "standard input" or the install's name
}

func newTokenShow(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "show",
		Short:   "Show the token masked, its scope, install and expiry",
		Long:    "Show says which token the other commands would use, and where it comes from. It refreshes nothing.",
		Example: "  segctl token show\n  segctl token show -o json --jq .expires_at",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return app.With(c, placeFlags{}, func(ctx context.Context, acc *account.Account) error {
				w, err := app.World()
				if err != nil {
					return err
				}
				kept, err := acc.Kept(ctx)
				if err != nil {
					return err
				}
				v := tokenView{app.installView(kept.Card, w.Store, kept.Name), kept.Token, acc.From()}
				if !acc.IsSaved() {
					v.Store = acc.From()
				}
				if !app.flags.showSecrets {
					v.Token = secret.Mask(kept.Token)
				}
				return app.Print(ctx, v, func() output.Table { return app.tokenDetails(v, acc.IsSaved()) })
			})
		},
	}
}

// tokenDetails are the rows of a token, with those of the install that it belongs to.
func (a *App) tokenDetails(v tokenView, saved bool) output.Table {
	t := output.Table{Rows: [][]string{{"token", v.Token}, {"from", v.Source}}}
	if saved {
		t.Rows = append(t.Rows, a.installRows(v.installView)...)
	}
	return t
}
