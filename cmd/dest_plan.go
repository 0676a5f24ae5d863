package cmd

import (
	"slices"

	"github.com/segctl/segctl/internal/segment"
)

// destPlan is what a change comes to before it is known whether the destination exists.
type destPlan struct {
	name    segment.Name
	body    segment.DestinationBody
	catalog *segment.CatalogDestination // nil where it cannot be read, or was not yet
	looked  bool                        // in the catalog
	check   bool
	part    bool // of an install, whose result is the install: one result is one document
}

// setting returns what the catalog says of a setting; without a catalog, only its name is known.
func (p *destPlan) setting(name string) segment.Setting {
	if p.catalog != nil {
		for _, s := range p.catalog.Settings {
			if s.Name == name {
				return s
			}
		}
	}
	return segment.Setting{Name: name}
}

// defaultMode creates destinations in cloud mode, as the guide does, except where the catalog knows no cloud component.
// Without any component known, the mode is left to Segment.
func (p *destPlan) defaultMode() string {
	isCloud := func(c segment.Component) bool { return c.Type == segment.ModeCloud }
	switch {
	case p.catalog == nil, slices.ContainsFunc(p.catalog.Components, isCloud):
		return segment.ModeCloud
	case len(p.catalog.Components) == 0:
		return ""
	}
	return segment.ModeDevice
}

// differs reports whether p asks for something that the destination is not.
func (p *destPlan) differs(d *segment.Destination) bool {
	if p.body.Enabled != nil && *p.body.Enabled != d.Enabled {
		return true
	}
	if mode := p.body.ConnectionMode; mode != "" && mode != d.ConnectionMode {
		return true
	}
	return slices.ContainsFunc(p.body.Config, func(entry segment.ConfigEntry) bool {
		return !sameValue(d.Setting(segment.SettingOf(entry.Name)), entry.Value)
	})
}
