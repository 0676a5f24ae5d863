package flow

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/serve/ledger"
	"github.com/segctl/segctl/internal/wire"
)

const (
	saveFor    = time.Minute // how long saving a grant is tried
	firstPause = 100 * time.Millisecond
	lastPause  = 2 * time.Second
)

// granted is a grant that is nowhere but in this process.
type granted struct {
	grant wire.Grant
	app   account.Credentials
}

// save keeps a grant, with all that follows from it, in one transaction. Where that fails it is tried again for a while: a
// code works once.
func (e *Engine) save(ctx context.Context, w *account.World, a attempt, g granted, id string) (Outcome, error) {
	name := g.grant.InstallName
	log := e.log.With("flow", shortOf(a.flow.Hash, 8), "customer", a.flow.Link.Customer, "install", name)
	log.InfoContext(ctx, "install granted", "if_lost", "segctl installs import "+name)
	stop := time.Now().Add(saveFor)
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		f, err := e.saveOnce(ctx, w, a, g)
		if err == nil {
			log.InfoContext(ctx, "flow ended", "status", f.Status)
			return e.outcome(f, id)
		}
		if refusesGrant(err) {
			log.ErrorContext(ctx, "install granted and not saved", said(w, err))
			return e.end(ctx, a, StatusFailed, detailForeign, id, &ledger.Event{Type: ledger.InstallLost, Data: ledger.EventData{
				Install: name, Customer: a.flow.Link.Customer, Workspaces: g.grant.WorkspaceNames, Sources: g.grant.SourceNames,
				Destination: fullDestination(g.grant.SourceNames, a.flow.Scope, a.flow.Link.Wanted), Detail: detailForeign,
			}})
		}
		if time.Now().Add(pause).After(stop) {
			log.ErrorContext(ctx, "install granted and not saved", said(w, err), "get_it_back", "segctl installs import "+name)
			return passing(StatusPending, a.flow, id), nil
		}
		log.WarnContext(ctx, "install not saved yet: tried again", said(w, err))
		time.Sleep(pause)
		// Nobody else need come meanwhile. Where the database cannot be reached, nobody else can either.
		_, _ = e.ledger.Extend(ctx, a.flow.Hash, a.holder, lease)
	}
}

// refusesGrant reports whether an error stays the same however often saving is tried.
func refusesGrant(err error) bool {
	_, isForeign := errors.AsType[*install.OriginError](err)
	_, isOther := errors.AsType[*account.OtherAppError](err)
	_, isUnfit := errors.AsType[*wire.GrantError](err)
	return isForeign || isOther || isUnfit
}

// saveOnce is one attempt at keeping a grant. It returns the flow as it ended.
func (e *Engine) saveOnce(ctx context.Context, w *account.World, a attempt, g granted) (ledger.Flow, error) {
	f := a.flow
	err := e.ledger.Tx(ctx, func(tx pgx.Tx) error {
		f = a.flow
		old, err := e.ledger.LockConnection(ctx, tx, g.grant.InstallName)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		isNew := old.Customer == "" // there is none, or it is for nobody: a command has saved the install
		isOthers := !isNew && old.Customer != f.Link.Customer
		kept, err := e.saveInstall(ctx, tx, w, a, g, isOthers)
		if err != nil {
			return err
		}
		f.Status, f.Install = string(StatusConnected), kept.Name
		if isOthers {
			f.Status, f.Detail = string(StatusConflict), detailOther
		}
		now := ledger.Connection{Install: kept.Name, Customer: f.Link.Customer, Wanted: f.Link.Wanted, CreatedAt: e.now()}
		if !isNew {
			now = reconnected(old, f.Link.Wanted, isOthers)
		}
		if err := e.saveConnection(ctx, tx, now, isOthers); err != nil {
			return err
		}
		if err := e.endSaved(ctx, tx, a, f); err != nil {
			return err
		}
		if isOthers && !old.Lost {
			return nil // nothing happened to that customer
		}
		if err := e.outbox.Connected(ctx, tx, kept.Name); err != nil {
			return err
		}
		return e.outbox.Emit(ctx, tx, e.savedEvent(kept, now, isNew))
	})
	return f, err
}

// saveInstall keeps the token, by the rule that adopts installs. The label is the link's, else the one there is, else the
// customer; an install of another customer keeps its own.
func (e *Engine) saveInstall(ctx context.Context, tx pgx.Tx, w *account.World, a attempt, g granted, isOthers bool) (kept install.Install, err error) {
	label := a.flow.Link.Label
	if isOthers {
		label = ""
	}
	fresh, change, err := w.Granted(g.grant, g.app, a.flow.Scope, label, false)
	if err != nil {
		return install.Install{}, err
	}
	err = e.store.SaveTx(ctx, tx, fresh.Name, func(old *install.Install) (*install.Install, error) {
		changed, err := change(old)
		if err != nil {
			return nil, err
		}
		if customer := a.flow.Link.Customer; changed.Label == "" && !isOthers && account.LabelProblem(customer) == "" {
			changed.Label = customer
		}
		kept = *changed
		return changed, nil
	})
	return kept, err
}

// reconnected is what an install that is connected already is connected for from now on.
func reconnected(old ledger.Connection, wanted ledger.Wanted, isOthers bool) ledger.Connection {
	now := old
	if old.Lost { // what was known of its destination is over
		now.Lost, now.Health, now.Detail = false, "", ""
	}
	if !isOthers {
		now.Wanted = wanted
		now.Enabled = old.Enabled && old.Wanted.Destination == wanted.Destination
	}
	return now
}

// saveConnection keeps the connection. That of another customer keeps its settings, which were not even opened.
func (e *Engine) saveConnection(ctx context.Context, tx pgx.Tx, now ledger.Connection, isOthers bool) error {
	if isOthers {
		return e.ledger.SetHealth(ctx, tx, now)
	}
	return e.ledger.SaveConnection(ctx, tx, now)
}

// endSaved ends a flow whose install was saved, also where somebody has given it up meanwhile. A link that led to another
// customer's install is free again: nothing was connected by it.
func (e *Engine) endSaved(ctx context.Context, tx pgx.Tx, a attempt, f ledger.Flow) error {
	isFree := f.Status == string(StatusConflict)
	ended, err := e.ledger.End(ctx, tx, f, a.holder, isFree)
	if err == nil && !ended {
		err = e.ledger.EndLate(ctx, tx, f)
	}
	if err != nil || isFree {
		return err
	}
	return e.ledger.UseLink(ctx, tx, f.Link.Hash, f.Hash, f.Install)
}

// savedEvent is what is said of an install that was saved.
func (e *Engine) savedEvent(kept install.Install, c ledger.Connection, isNew bool) ledger.Event {
	what := ledger.InstallReconnected
	if isNew {
		what = ledger.InstallCreated
	}
	return ledger.Event{Type: what, Time: e.now(), Data: ledger.EventData{
		Install: kept.Name, Customer: c.Customer, Workspaces: kept.Workspaces, Sources: kept.Sources,
		Destination: fullDestination(kept.Sources, kept.Scope, c.Wanted),
	}}
}

// fullDestination returns the full name of the destination that an install is for, as later events have it; "" where the
// install does not tell its source, or neither it nor the link a destination.
func fullDestination(sources []string, scope wire.Scope, wanted ledger.Wanted) string {
	slug := cmp.Or(wanted.Destination, scope.Destination())
	if len(sources) != 1 || slug == "" {
		return ""
	}
	name, err := segment.ParseName(sources[0])
	if err != nil {
		return ""
	}
	name.Destination = slug
	return name.String()
}
