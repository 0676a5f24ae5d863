package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/segment"
)

// refreshBackoff is short in the end as well: when Segment is back, tokens are wanted.
func refreshBackoff() backoff { return backoff{5 * time.Second, 5 * time.Minute} }

// refresh gets the next token of an install in time. Where somebody else has got one meanwhile, only the time changes.
func (j *Jobs) refresh(ctx context.Context, job *river.Job[refreshArgs]) (next, error) {
	w, name := j.worlds.get(), job.Args.Install
	card, err := w.Store.Card(ctx, name)
	if err != nil {
		return next{}, err
	}
	if left := card.ExpiresAt.Sub(j.o.Now()); !card.ExpiresAt.IsZero() && left > marginOf(card) {
		return again("moved", dueIn(card, j.o.Now())), nil
	}
	acc, err := w.OpenCard(card)
	if err != nil {
		return next{}, &later{err, slow} // it belongs to another server: no affair of this service
	}
	late := !card.ExpiresAt.IsZero() && j.o.Now().After(card.ExpiresAt)
	renewed, did, err := acc.Ensure(ctx, marginOf(card))
	switch {
	case isUninstalled(err):
		return j.uninstalled(ctx, card, err)
	case err != nil:
		if segment.HasReason(err, segment.Unauthenticated) || segment.HasReason(err, segment.PermissionDenied) {
			j.worlds.doubt()
		}
		return next{}, err
	case !did:
		return again("moved", dueIn(renewed.Card, j.o.Now())), nil
	}
	if late {
		j.metrics.late.Inc()
		j.log(ctx, "a token was replaced after it had expired", name, slog.Time("expired", card.ExpiresAt))
	}
	return again("refreshed", dueIn(renewed.Card, j.o.Now())), nil
}

// uninstalled tells that an install is lost. It is tried again once in a while: its owner may bring it back by another way
// than this service's.
func (j *Jobs) uninstalled(ctx context.Context, card install.Card, err error) (next, error) {
	c, failed := j.basis(ctx, card.Name)
	if failed != nil {
		return next{}, failed
	}
	health, detail, _ := destination.HealthOf(err)
	if failed = j.note(ctx, c, seen{card: card, health: health, detail: detail, lost: true}); failed != nil {
		return next{}, failed
	}
	return again("lost", slow), nil
}
