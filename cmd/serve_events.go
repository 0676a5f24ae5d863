package cmd

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/serve/ledger"
)

func newServeEvents(app *App) *cobra.Command {
	var after string
	var limit int
	c := &cobra.Command{
		Use:   "events",
		Short: "List what happened to installs and destinations",
		Long: `Events shows the events of the hosted flow in the order in which they happened, as GET /v1/events does: those that
webhooks tell, also where no webhook arrived. They are kept for 30 days. --after goes on behind an event.`,
		Example: `  segctl serve events
  segctl serve events --after evt_… --limit 1000 -o json
  segctl serve events --jq '.[] | select(.type == "install.lost") | .data.customer'`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if limit < 1 || limit > mostEvents {
				return problem.Usage("--limit must be from 1 to %d", mostEvents).Hint("", "serve", "events", "--limit", strconv.Itoa(mostEvents))
			}
			return app.withShared(c, func(ctx context.Context, _ *account.World, store *postgres.Store) error {
				events, err := ledger.New(store, app.Now).Events(ctx, after, limit)
				if err != nil {
					return noSuchEvent(err, after)
				}
				switch {
				case len(events) == 0 && after != "":
					app.Say("Nothing happened after %s.", after)
				case len(events) == 0:
					app.Say("Nothing happened yet.")
				case len(events) == limit:
					app.Say("There may be more:\n  %s", app.hint("", "serve", "events", "--after", events[len(events)-1].ID))
				}
				return app.Print(ctx, append([]ledger.Event{}, events...), func() output.Table { return eventTable(events) })
			})
		},
	}
	c.Flags().StringVar(&after, "after", "", "`id` of the event after which to begin (default: the first that is kept)")
	c.Flags().IntVar(&limit, "limit", 100, "`number` of events to show at most")
	return c
}

// mostEvents bounds --limit.
const mostEvents = 10_000

func eventTable(events []ledger.Event) output.Table {
	t := output.Table{Header: []string{"event", "time", "type", "customer", "install", "destination", "health", "detail"}}
	for _, e := range events {
		t.Rows = append(t.Rows, []string{
			e.ID, formatTime(e.Time), string(e.Type), e.Data.Customer, e.Data.Install, e.Data.Destination, string(e.Data.Health), e.Data.Detail,
		})
	}
	return t
}
