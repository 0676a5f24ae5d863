package cmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
)

func newToken(app *App) *cobra.Command {
	return group("token", "The install token",
		newTokenPrint(app), newTokenRefresh(app), newTokenShow(app))
}

func newTokenPrint(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "print",
		Short: "Print the token and nothing else",
		Long:  "Print writes the token and a newline. A token that has expired, or is about to, is refreshed first.",
		Example: `  curl -H "Authorization: Bearer $(segctl token print)" \
    https://platform.segmentapis.com/v1beta/workspaces`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			session, err := app.tokenSource(c.Context())
			if err != nil {
				return err
			}
			token, err := session.Token(c.Context(), "")
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(app.Out, token)
			return err
		},
	}
}

func newTokenRefresh(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "refresh",
		Short: "Get a new token; the old one stops working at that moment",
		Long: `Refresh gets a new token for a saved install and saves it. The old token stops working
at that moment. Of several processes that refresh at once, one does, and all get its token.`,
		Example: "  segctl token refresh\n  segctl token refresh --install installs/7",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			session, err := app.tokenSource(c.Context())
			if err != nil {
				return err
			}
			i, err := session.Renew(c.Context())
			if err != nil {
				return err
			}
			app.say("Refreshed %s: the new token expires %s.", i.Name, app.expiry(i.ExpiresAt))
			return app.printInstall(c.Context(), session.Store, i)
		},
	}
}

// tokenView is what `token show` prints; its JSON names are promised.
type tokenView struct {
	installView
	Token  string `json:"token"`  // masked, unless --show-secrets
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
			ctx := c.Context()
			session, err := app.tokenSource(ctx)
			if err != nil {
				return err
			}
			i, err := session.Install(ctx)
			if err != nil {
				return err
			}
			v := tokenView{app.view(i, session.Store, i.Name), i.Token, i.Name}
			if !app.flags.showSecrets {
				v.Token = output.Mask(i.Token)
			}
			if i.Name == "" {
				v.Source = session.Store.String()
			}
			return app.print(ctx, v, func() output.Table {
				rows := [][]string{{"token", v.Token}, {"from", v.Source}}
				if i.Name != "" {
					rows = append(rows, app.details(v.installView)...)
				}
				return output.Table{Rows: rows}
			})
		},
	}
}
