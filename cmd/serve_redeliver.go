package cmd

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/serve"
)

func newServeRedeliver(app *App) *cobra.Command {
	var webhookURL string
	c := &cobra.Command{
		Use:   "redeliver EVENT",
		Short: "Send the webhook of an event once more",
		Long: `Redeliver has the running service send the webhook of an event again, with the same id, as
POST /v1/events/ID/redeliver does: for an event that your backend took and lost. What it did not take is sent again
for about three days by itself. --webhook-url, or SEGCTL_SERVE_WEBHOOK_URL, is that of the service.`,
		Example:     "  segctl serve redeliver evt_…\n  segctl serve events --jq '.[] | select(.type == \"install.lost\") | .id' | xargs -n 1 segctl serve redeliver",
		Args:        oneArg,
		Annotations: serveVariables(),
		RunE: func(c *cobra.Command, args []string) error {
			return app.withShared(c, func(ctx context.Context, w *account.World, store *postgres.Store) error {
				if err := serve.Redeliver(ctx, w, store, webhookURL, args[0]); err != nil {
					return noSuchEvent(err, args[0])
				}
				app.Say("✓ The webhook of %s will be sent again by the running service.", args[0])
				return nil
			})
		},
	}
	addWebhookURLFlag(c.Flags(), &webhookURL)
	return c
}

// noSuchEvent puts into words that an event is not kept.
func noSuchEvent(err error, id string) error {
	if !errors.Is(err, install.ErrNotFound) {
		return err
	}
	return problem.With(problem.ExitSignIn, "there is no event %q, or it is older than 30 days", id).
		Hint("those that are kept", "serve", "events")
}
