package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/riverqueue/river"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/serve/ledger"
)

func checkBackoff() backoff { return backoff{10 * time.Second, 10 * time.Minute} }

// check looks how the destination of an install is, and tells what is new about it.
func (j *Jobs) check(ctx context.Context, job *river.Job[checkArgs]) (next, error) {
	w, name := j.worlds.get(), job.Args.Install
	card, err := w.Store.Card(ctx, name)
	if err != nil {
		return next{}, err
	}
	c, err := j.basis(ctx, name)
	if err != nil {
		return next{}, err
	}
	turn := slot(name, j.o.CheckEvery, j.o.Now())
	if c.Customer != "" && !c.Enabled {
		return again("waiting", turn), nil // the job that enables it tells how it is
	}
	acc, err := w.OpenCard(card)
	if err != nil {
		return next{}, &later{err, slow}
	}
	checked, err := destination.Check(ctx, acc, wanted(c))
	if _, none := errors.AsType[*account.NoDestinationError](err); none {
		return again("nothing", max(turn, slow)), nil // an install for whole workspaces, of which nothing is wanted
	}
	if err != nil {
		return next{}, err
	}
	s := seenBy(card, checked)
	if s.health == destination.Unrefreshable {
		j.worlds.doubt()
	}
	switch err := j.note(ctx, c, s); {
	case err != nil:
		return next{}, err
	case s.lost:
		return again(string(s.health), max(turn, min(slow, 12*j.o.CheckEvery))), nil
	}
	return again(string(s.health), turn), nil
}

// seenBy is what a check comes to. The texts are Segment's in part.
func seenBy(card install.Card, checked destination.Checked) seen {
	s := seen{card: card, health: checked.Health, detail: checked.Detail, lost: isUninstalled(checked.Err)}
	if checked.Name != (segment.Name{}) {
		s.destination = checked.Name.String()
	}
	return s
}

// wanted is what a connection says of the destination.
func wanted(c ledger.Connection) destination.Wanted {
	return destination.Wanted{Destination: c.Wanted.Destination, Change: changeOf(c), From: "the settings asked for"}
}

// changeOf has the settings of a connection, by their names.
func changeOf(c ledger.Connection) destination.Change {
	var change destination.Change
	for _, name := range slices.Sorted(maps.Keys(c.Wanted.Settings)) {
		value := c.Wanted.Settings[name]
		change.SetJSON = append(change.SetJSON, destination.Pair{Name: name, Value: string(value)})
	}
	return change
}

// learn keeps the texts in the settings of a connection out of everything that is said: any of them may be a secret.
func (j *Jobs) learn(c ledger.Connection) {
	for _, value := range c.Wanted.Settings {
		var text string
		if json.Unmarshal(value, &text) == nil && len(text) >= minSecretText {
			j.o.World.Redactor.Learn(text)
		}
	}
}

// minSecretText is from how many bytes on a text of the settings may be a key: "us" and "https" are none.
const minSecretText = 8
