package destination

import (
	"encoding/json"
	"strconv"

	"github.com/segctl/segctl/internal/segment"
)

// asked returns what a step changes, from what is there to what is asked for, masked.
func (p *Plan) asked(s step) []Difference {
	old := s.old
	if old == nil {
		old = &segment.Destination{}
	}
	var all []Difference
	if s.body.Enabled != nil {
		from := ""
		if s.old != nil {
			from = strconv.FormatBool(old.Enabled)
		}
		all = append(all, Difference{WhatEnabled, from, strconv.FormatBool(*s.body.Enabled)})
	}
	if s.body.ConnectionMode != "" {
		all = append(all, Difference{WhatMode, old.ConnectionMode, s.body.ConnectionMode})
	}
	is := byName(old.Config)
	for _, entry := range s.body.Config {
		name := segment.SettingOf(entry.Name)
		about := []segment.ConfigEntry{is[name], entry}
		mask := func(value json.RawMessage) string { return shown(maskValue(value, name, about, p.judges())) }
		all = append(all, Difference{name, mask(is[name].Value), mask(entry.Value)})
	}
	return all
}

// all returns every value of a destination that is to go, masked.
func (p *Plan) all(d *segment.Destination) []Difference {
	all := []Difference{{What: WhatEnabled, From: strconv.FormatBool(d.Enabled)}, {What: WhatMode, From: d.ConnectionMode}}
	return append(all, Diff(&segment.Destination{Config: d.Config}, &segment.Destination{}, p.judges())...)
}
