package destination

import (
	"context"
	"slices"

	"github.com/segctl/segctl/internal/segment"
)

// Preview returns the result that Apply would have, as far as it can be told without changing anything. Destination is
// then the one that the plan asks for. The errors are those of Apply but for *ExistsError.
func (p *Plan) Preview(ctx context.Context, verb Verb) (Result, error) {
	s, err := p.decide(ctx, verb)
	if err != nil {
		return p.result(step{}, nil, ""), err
	}
	if s.done {
		return p.result(s, s.old, Already), nil
	}
	if s.old == nil && !s.create {
		if s.old, err = p.get(ctx); err != nil {
			return p.result(s, nil, ""), err
		}
	}
	d := p.predict(s)
	if verb == ToApply {
		r := p.result(s, d, actionOf(verb, s.old, d))
		r.Changes = p.asked(s)
		return r, nil
	}
	switch {
	case s.create && verb == ToEnable:
		return p.result(s, d, Enabled), nil
	case s.create:
		return p.result(s, d, Created), nil
	}
	action := actionOf(verb, s.old, d)
	if action == Unchanged {
		action = Already
	}
	return p.result(s, d, action), nil
}

// predict returns the destination that a step asks for.
func (p *Plan) predict(s step) *segment.Destination {
	d := &segment.Destination{Name: p.name.String(), ConnectionMode: segment.ModeUnspecified}
	if s.old != nil {
		d.Name, d.DisplayName, d.Enabled = s.old.Name, s.old.DisplayName, s.old.Enabled
		d.ConnectionMode, d.Config = s.old.ConnectionMode, slices.Clone(s.old.Config)
	} else if p.entry != nil {
		d.DisplayName = p.entry.DisplayName
	}
	if s.body.Enabled != nil {
		d.Enabled = *s.body.Enabled
	}
	if s.body.ConnectionMode != "" {
		d.ConnectionMode = s.body.ConnectionMode
	}
	for _, entry := range s.body.Config {
		name := segment.SettingOf(entry.Name)
		i := slices.IndexFunc(d.Config, func(c segment.ConfigEntry) bool { return segment.SettingOf(c.Name) == name })
		if i < 0 {
			d.Config = append(d.Config, entry)
			continue
		}
		d.Config[i].Value = entry.Value
	}
	return d
}
