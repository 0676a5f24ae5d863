package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"

	"github.com/jackc/pgx/v5"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// seen is what a job found out about an install's destination.
type seen struct {
	card        install.Card
	destination string // its full name, as far as it is known
	health      destination.Health
	detail      string
	lost        bool // the App was uninstalled
}

// errOvertaken says that what a job found out is about how things were before somebody else changed them.
var errOvertaken = errors.New("overtaken")

// errGone says that an install is not kept any more.
var errGone = fmt.Errorf("the install was removed: %w", install.ErrNotFound)

// basis reads what an install is connected for. Of an install that came another way than by a link, such as by a command, it
// is a connection for nobody.
func (j *Jobs) basis(ctx context.Context, name string) (ledger.Connection, error) {
	c, err := j.o.Ledger.Connection(ctx, j.o.Pool, name, false)
	if errors.Is(err, ledger.ErrNotFound) {
		return ledger.Connection{Install: name}, nil
	}
	return c, err
}

// note keeps what was found out, tells what is new about it, and has that sent, in one transaction. was is the connection
// that the job began with: where it is another one by now, nothing is done, and the error is errOvertaken.
func (j *Jobs) note(ctx context.Context, was ledger.Connection, s seen) error {
	var told []ledger.EventType
	err := pgx.BeginFunc(ctx, j.o.Pool, func(tx pgx.Tx) error {
		c, err := j.locked(ctx, tx, was)
		if err != nil {
			return err
		}
		events, c := transition(c, s)
		c.CheckedAt = j.o.Now()
		if was.CreatedAt.IsZero() {
			err = j.o.Ledger.SaveConnection(ctx, tx, c)
		} else {
			err = j.o.Ledger.SetHealth(ctx, tx, c)
		}
		if err != nil {
			return err
		}
		told, err = j.emit(ctx, tx, events)
		return err
	})
	if err != nil {
		return err
	}
	j.logTold(ctx, s, told)
	return nil
}

// locked returns the connection, which is locked then, unless it is another one than it was. Its settings are not looked at:
// whoever changes them has the destination enabled anew, which shows.
func (j *Jobs) locked(ctx context.Context, tx pgx.Tx, was ledger.Connection) (ledger.Connection, error) {
	c, err := j.o.Ledger.LockConnection(ctx, tx, was.Install)
	isNew := was.CreatedAt.IsZero()
	switch {
	case errors.Is(err, ledger.ErrNotFound) && isNew:
		// By this connection to the database: whoever waits for a second one while holding one may wait for ever.
		var kept bool
		err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM segctl_installs WHERE profile = $1 AND name = $2 AND card IS NOT NULL)",
			j.o.Store.Profile(), was.Install).Scan(&kept)
		if err == nil && !kept {
			err = errGone
		}
		return was, err
	case errors.Is(err, ledger.ErrNotFound):
		return c, errGone
	case err != nil:
		return c, err
	}
	was.Wanted.Settings, c.Wanted.Settings = nil, nil
	if !reflect.DeepEqual(c, was) {
		return c, errOvertaken
	}
	return c, nil
}

// emit emits events, and returns what they are.
func (j *Jobs) emit(ctx context.Context, tx pgx.Tx, events []ledger.Event) ([]ledger.EventType, error) {
	var told []ledger.EventType
	for _, e := range events {
		e.Time = j.o.Now()
		if err := j.Emit(ctx, tx, e); err != nil {
			return nil, err
		}
		told = append(told, e.Type)
	}
	return told, nil
}

func (j *Jobs) logTold(ctx context.Context, s seen, told []ledger.EventType) {
	for _, event := range told {
		j.log(ctx, "event", s.card.Name, slog.String("type", string(event)), slog.String("detail", j.o.World.Redactor.Redact(s.detail)))
	}
}

// transition returns what is to be told of a health, and the connection as it is then. Nothing is told twice: what is as it
// was is no news. An install that is for nobody was never said to be well, so that its first health is no news either.
func transition(c ledger.Connection, s seen) ([]ledger.Event, ledger.Connection) {
	from, wasLost := c.Health, c.Lost
	if wasLost && (s.health == destination.Unreachable || s.health == destination.Unrefreshable) {
		return nil, c // it says nothing about whether the App is back
	}
	c.Health, c.Detail, c.Lost = s.health, s.detail, s.lost
	news := ledger.Became(s.health)
	switch {
	case s.lost && wasLost:
		return nil, c
	case s.lost:
		news = ledger.InstallLost
	case wasLost: // it is back, however it is
	case s.health == from,
		from == "" && s.health == destination.Healthy,
		from == "" && c.Customer == "":
		return nil, c
	}
	return []ledger.Event{eventOf(news, c, s, from)}, c
}

// enabled returns what is to be told of a destination that was enabled just now: that, and where it was said to be unwell,
// that it is well again.
func enabled(c ledger.Connection, s seen) ([]ledger.Event, ledger.Connection) {
	var events []ledger.Event
	from := c.Health
	c.Health, c.Detail, c.Lost = destination.Healthy, "", false
	if !c.Enabled {
		events = append(events, eventOf(ledger.DestinationEnabled, c, s, ""))
	}
	if from != "" && from != destination.Healthy {
		events = append(events, eventOf(ledger.DestinationRecovered, c, s, from))
	}
	c.Enabled = true
	return events, c
}

func eventOf(t ledger.EventType, c ledger.Connection, s seen, from destination.Health) ledger.Event {
	return ledger.Event{Type: t, Data: ledger.EventData{
		Install: c.Install, Customer: c.Customer, Workspaces: s.card.Workspaces, Sources: s.card.Sources,
		Destination: s.destination, Health: s.health, From: from, Detail: s.detail,
	}}
}

// isUninstalled reports whether an error is Segment's answer that there is no such install any more.
func isUninstalled(err error) bool {
	refused, ok := errors.AsType[*segment.Error](segment.Decisive(err))
	return ok && refused.OfRefresh() && refused.Reason == segment.NotFound
}
