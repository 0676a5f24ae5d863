package cmd

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/segctl/segctl/internal/segment"
)

// lookUp reads what the catalog says of a plan's destination, once. A catalog that cannot be read is a note, never a
// failure: Segment itself still judges what it is sent.
func (a *App) lookUp(ctx context.Context, p *destPlan) error {
	if p.looked {
		return nil
	}
	api, err := a.client(ctx)
	if err != nil {
		return err
	}
	p.looked = true
	p.catalog, err = api.CatalogDestination(ctx, p.name.Destination)
	var (
		refused *segment.Error
		garbled *segment.AnswerError
		network *segment.NetworkError
	)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case segment.HasReason(err, segment.NotFound):
		a.say("note: the settings are not checked, for the catalog has no destination %q", p.name.Destination)
		return nil
	case errors.As(err, &refused), errors.As(err, &garbled), errors.As(err, &network):
		a.say("note: the settings are not checked, for the catalog cannot be read: %s", oneLine(err))
		return nil
	}
	return err
}

// keySetting returns the setting that --api-key means. Without a catalog it is apiKey, as it is for most destinations.
func (p *destPlan) keySetting() (segment.Setting, error) {
	if p.catalog == nil {
		return segment.Setting{Name: "apiKey", Type: "STRING"}, nil
	}
	setting, err := segment.KeySetting(p.catalog.Settings)
	var several *segment.KeyError
	if errors.As(err, &several) {
		usage := usagef("%w", err)
		for _, candidate := range several.Candidates {
			usage = usage.hint("--set " + candidate + "=…")
		}
		return setting, usage.hint("segctl catalog get " + p.name.Destination + "   # its settings")
	}
	return setting, err
}

// validate checks the settings against the catalog, before anything is sent. A destination that is created needs all the
// required ones.
func (p *destPlan) validate(create bool) error {
	if p.catalog == nil || !p.check {
		return nil
	}
	values := map[string]json.RawMessage{}
	for _, entry := range p.body.Config {
		values[segment.SettingOf(entry.Name)] = entry.Value
	}
	problems := segment.Check(p.catalog.Settings, values, create)
	if len(problems) == 0 {
		return nil
	}
	err := usagef("%w", problems[0])
	for _, problem := range problems[1:] {
		err = err.hint("also: " + problem.Error())
	}
	return err.hint("segctl catalog get " + p.name.Destination + "   # its settings").hint("--no-validate   # to leave the judgement to Segment")
}
