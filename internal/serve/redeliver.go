package serve

import (
	"context"
	"time"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/serve/jobs"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// Redeliver has the webhook of an event sent once more by whichever replica is running, to the URL that this one has.
// webhookURL only says that there is one. The error wraps ledger.ErrNotFound where there is no such event.
func Redeliver(ctx context.Context, w *account.World, s *postgres.Store, webhookURL, event string) error {
	pool, err := s.Pool(ctx)
	if err != nil {
		return err
	}
	j, err := jobs.New(ctx, jobs.Options{World: w, Store: s, Ledger: ledger.New(s, time.Now), Pool: pool, WebhookURL: webhookURL})
	if err != nil {
		return err
	}
	return j.Redeliver(ctx, event)
}
