package cmd

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/output"
)

func newServeLink(app *App) *cobra.Command {
	flags := linkFlags{serveFlags: serveFlags{addr: serveAddr}}
	c := &cobra.Command{
		Use:   "link",
		Short: "Make a link for a customer",
		Long: `Link makes a link that a customer opens to install your App and have your destination enabled with their settings, as
POST /v1/links does, and prints its URL. Whoever has the URL can use it, once, until it expires: send it to the customer
alone. The settings are sealed.

With --reconnect the link brings back an install that was uninstalled, or whose grant was lost. Customer and settings are
then those that it has, unless settings are given.

The service that the link leads to has to run with the same public URL. The URL that --return-url names has to be one of
--allow-return-url, or below one. Both, and --public-url, have the variables of "segctl serve".`,
		Example: `  segctl serve link --customer acme --api-key
  segctl serve link --customer acme --api-key @acme.key --return-url https://app.example.com/segment --ttl 72h
  segctl serve link --reconnect installs/7 -o json --jq .url`,
		Args:        noArgs,
		Annotations: serveVariables(),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := flags.check(c); err != nil {
				return err
			}
			return app.withShared(c, func(ctx context.Context, w *account.World, store *postgres.Store) error {
				made, err := flags.make(ctx, app, c, w, store)
				if err != nil {
					return err
				}
				view := linkView{made.ID, made.URL, made.ExpiresAt.UTC()}
				if err := app.printWord(ctx, view.URL, view, func() output.Table { return linkTable(view) }); err != nil {
					return err
				}
				app.Say("The link works once, until %s. Whoever has it can use it: send it to the customer alone.", app.expiry(view.ExpiresAt))
				return nil
			})
		},
	}
	flags.add(c.Flags())
	return c
}

// linkView is a link as -o json prints it, in the words of POST /v1/links.
type linkView struct {
	ID        string    `json:"id"`
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expires_at"`
}

func linkTable(v linkView) output.Table {
	return output.Table{Header: []string{"url", "expires"}, Rows: [][]string{{v.URL, formatTime(v.ExpiresAt)}}}
}
